const LONG_MS = 450
/** A finger trembles, in pixels. */
const TREMBLE = 10

/** Calls back when a finger rests on a message; what stands there for itself, such as links and fields, keeps its own. */
export function createLongPress(pressed: (row: Element) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let start = { x: 0, y: 0 }
  let just_pressed = false

  const cancel = () => clearTimeout(timer)

  return {
    cancel,
    begin({ pointerType, target, clientX: x, clientY: y }: PointerEvent) {
      const row = (target as Element).closest('article')
      cancel()
      if (pointerType !== 'touch' || !row || (target as Element).closest('a, button, textarea, input, summary')) return
      start = { x, y }
      timer = setTimeout(() => {
        just_pressed = true
        swallowClick(row.ownerDocument)
        pressed(row)
      }, LONG_MS)
    },
    watch(log: HTMLElement, signal: AbortSignal) {
      const on = (type: string, act: (event: Event) => void) => log.addEventListener(type, act, { signal })
      on('scroll', cancel)
      on('pointermove', event => {
        const { clientX, clientY } = event as PointerEvent
        if (Math.hypot(clientX - start.x, clientY - start.y) > TREMBLE) cancel()
      })
      // The browser's own menu comes at about the same time.
      on('contextmenu', event => {
        if ((event as PointerEvent).pointerType === 'touch' && just_pressed) event.preventDefault()
        just_pressed = false
      })
    },
  }
}

/** The finger goes up where by now something else stands, which it did not mean. */
function swallowClick(page: Document) {
  const end = new AbortController()
  const options = { capture: true, signal: end.signal }
  page.addEventListener('pointerdown', () => end.abort(), options)
  page.addEventListener(
    'click',
    event => {
      event.preventDefault()
      event.stopPropagation()
      end.abort()
    },
    options,
  )
}
