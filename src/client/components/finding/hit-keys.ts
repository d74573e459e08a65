/** Arrows go from hit to hit, from outside to the first; above that is `above`, where there is something. */
export function walkHits(event: KeyboardEvent, list: Element, above: HTMLElement | null = null) {
  const hits = [...list.querySelectorAll<HTMLElement>('a.hit')]
  const at = hits.indexOf(document.activeElement as HTMLElement)
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  if (at < 0 && event.key !== 'ArrowDown') return
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: hits.length - 1 }[event.key]
  if (to === undefined) return
  event.preventDefault()
  ;(to < 0 ? above : hits[to])?.focus()
}
