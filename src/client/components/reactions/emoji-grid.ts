import type { Emoji } from '../../text/emoji.ts'

/** Puts emoji into a grid, numbered on from `first`. Returns the next number. */
export function fillGrid(grid: Element, emoji: readonly Emoji[], first: number): number {
  const options = emoji.map(({ char, name }, at) => {
    const option = grid.ownerDocument.createElement('span')
    option.id = `emoji-${first + at}`
    option.className = 'emoji-option'
    option.setAttribute('role', 'option')
    option.setAttribute('aria-selected', 'false')
    option.setAttribute('aria-label', name)
    option.title = name
    option.textContent = char
    return option
  })
  grid.replaceChildren(...options)
  return first + emoji.length
}

/**
 * Where an arrow key leads among emoji that stand in lines; -1 for any other key. Left and right are for the words in
 * the field as long as there are some.
 */
export function stepInGrid({ key }: KeyboardEvent, at: number, options: readonly Element[], query: string): number {
  if (!options.length) return -1
  const sideways = key === 'ArrowLeft' || key === 'ArrowRight'
  if (sideways && query) return -1
  if (key === 'ArrowRight') return Math.min(at + 1, options.length - 1)
  if (key === 'ArrowLeft') return Math.max(at - 1, 0)
  if (key === 'ArrowDown') return nextLine(at, options, 1)
  if (key === 'ArrowUp') return nextLine(at, options, -1)
  return -1
}

/** The one that stands nearest in the next line, wherever a shelf ends. */
function nextLine(at: number, options: readonly Element[], direction: 1 | -1): number {
  const place = (option: Element | undefined) => option as HTMLElement | undefined
  const here = place(options[at])
  if (!here) return 0
  let line: number | null = null
  let best = at
  for (let next = at + direction; next >= 0 && next < options.length; next += direction) {
    const there = place(options[next])
    if (!there || there.offsetTop === here.offsetTop) continue
    line ??= there.offsetTop
    if (there.offsetTop !== line) break
    const gain = Math.abs((place(options[best])?.offsetLeft ?? 0) - here.offsetLeft)
    if (best === at || Math.abs(there.offsetLeft - here.offsetLeft) < gain) best = next
  }
  return best
}
