const LONG_PRESS_MS = 500
/** A finger that wanders further, in pixels, scrolls. */
const WANDER_PX = 10

type Hands = {
  /** Which room was dropped beside which. */
  drop: (room_id: string, target_id: string, after: boolean) => void
  /** A room was held down. */
  hold: (room_id: string, row: HTMLElement) => void
}

/** Lets rooms be dragged to another place of the list, and be held down by a finger. */
export function handleRooms(list: HTMLElement, { drop, hold }: Hands) {
  acceptDrags(list, drop)
  acceptHolding(list, hold)
}

function acceptDrags(list: HTMLElement, drop: Hands['drop']) {
  let dragged: string | null = null
  let marked: HTMLElement | null = null

  function mark(row: HTMLElement | null, side: 'above' | 'below' = 'above') {
    if (marked && marked !== row) delete marked.dataset.drop
    marked = row
    if (row) row.dataset.drop = side
  }
  const isBelow = (event: DragEvent, row: HTMLElement) => {
    const { top, height } = row.getBoundingClientRect()
    return event.clientY > top + height / 2
  }

  list.addEventListener('dragstart', event => {
    dragged = rowAt(event)?.dataset.row ?? null
  })
  list.addEventListener('dragover', event => {
    const row = rowAt(event)
    if (!dragged || !row || !('ordered' in row.dataset)) return mark(null)
    event.preventDefault()
    mark(row.dataset.row === dragged ? null : row, isBelow(event, row) ? 'below' : 'above')
  })
  list.addEventListener('dragleave', event => {
    if (!list.contains(event.relatedTarget as Node | null)) mark(null)
  })
  list.addEventListener('drop', event => {
    const row = rowAt(event)
    if (!dragged || !row?.dataset.row || row.dataset.row === dragged) return
    event.preventDefault()
    drop(dragged, row.dataset.row, isBelow(event, row))
  })
  list.addEventListener('dragend', () => {
    dragged = null
    mark(null)
  })
}

function acceptHolding(list: HTMLElement, hold: Hands['hold']) {
  let patience: ReturnType<typeof setTimeout> | undefined
  let start = { x: 0, y: 0 }
  /** Letting go is then no click. */
  let held = false
  const stop = () => clearTimeout(patience)

  list.addEventListener('pointerdown', event => {
    stop()
    held = false
    const row = rowAt(event)
    if (event.pointerType === 'mouse' || !row?.dataset.row) return
    const { row: room_id } = row.dataset
    start = { x: event.clientX, y: event.clientY }
    patience = setTimeout(() => {
      held = true
      hold(room_id, row)
    }, LONG_PRESS_MS)
  })
  list.addEventListener('pointermove', event => {
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > WANDER_PX) stop()
  })
  list.addEventListener('pointerup', stop)
  list.addEventListener('pointercancel', stop)
  list.addEventListener('contextmenu', event => {
    // The system's own menu of a link, which comes of the same long press.
    if ('pointerType' in event && event.pointerType !== 'mouse') event.preventDefault()
  })
  list.addEventListener(
    'click',
    event => {
      if (!held) return
      held = false
      event.preventDefault()
      event.stopPropagation()
    },
    { capture: true },
  )
}

function rowAt(event: Event): HTMLElement | null {
  return (event.target as Element | null)?.closest?.<HTMLElement>('[data-row]') ?? null
}
