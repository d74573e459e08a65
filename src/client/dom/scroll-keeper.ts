/** Whoever is this close to the end, in pixels, wants to follow it. */
const NEAR_END = 100

export type ScrollKeeper = ReturnType<typeof keepScroll>

export type ScrollKeeperOptions = {
  viewport: HTMLElement
  /** The column within; its children, or the children of its `rows`, are what stands still. */
  content: HTMLElement
  rows: () => HTMLCollection
  /** False while the true end is not loaded: then there is nothing to follow. */
  endIsHere: () => boolean
  /** Called after every movement, by hand or not. */
  moved: () => void
}

/**
 * Keeps what somebody reads where it is, whatever grows, comes or goes around it: at the end the end stays in view,
 * anywhere else the topmost visible row does not move.
 */
export function keepScroll({ viewport, content, rows, endIsHere, moved }: ScrollKeeperOptions) {
  let following = true
  let last_top = 0
  let anchor: { row: Element; top: number } | null = null
  let topmost: Element | null = null

  const distance = () => viewport.scrollHeight - viewport.clientHeight - viewport.scrollTop
  const isNearEnd = () => distance() <= NEAR_END && endIsHere()

  /** The first row that reaches below a line, in pixels from the top of the viewport. */
  function rowBelow(line: number): number {
    const all = rows()
    const edge = viewport.getBoundingClientRect().top + line
    let low = 0
    let high = all.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((all[middle]?.getBoundingClientRect().bottom ?? 0) > edge) high = middle
      else low = middle + 1
    }
    return low
  }

  function remember() {
    last_top = viewport.scrollTop
    // The text, not the row: what stands above it in the row (a day line, the author) goes when older rows come in.
    topmost = rows()[rowBelow(0)] ?? null
    const row = topmost?.querySelector('[data-anchor]') ?? topmost
    anchor = row ? { row, top: row.getBoundingClientRect().top - viewport.getBoundingClientRect().top } : null
  }

  /** Takes in where the reader has gone. */
  function notice() {
    const near = isNearEnd()
    // Content that grew since the last look must not be taken for somebody scrolling away.
    if (near) following = true
    else if (viewport.scrollTop < last_top - 1) following = false
    remember()
  }

  function onScroll() {
    notice()
    moved()
  }

  function restore() {
    if (following && endIsHere()) viewport.scrollTop = viewport.scrollHeight
    else if (anchor?.row.isConnected) {
      const top = anchor.row.getBoundingClientRect().top - viewport.getBoundingClientRect().top
      if (Math.abs(top - anchor.top) >= 0.5) viewport.scrollTop += top - anchor.top
    }
    remember()
    moved()
  }

  const observer = new ResizeObserver(restore)
  observer.observe(content)
  observer.observe(viewport)
  viewport.addEventListener('scroll', onScroll, { passive: true })

  return {
    get following() {
      return following
    },
    get atEnd() {
      return isNearEnd()
    },
    /** The first row of which something can be seen. */
    get topmost() {
      return topmost
    },
    get fromTop() {
      return viewport.scrollTop
    },
    get fromEnd() {
      return distance()
    },
    restore,
    /** Before rows come or go: somebody may have scrolled of whom no event has told yet. */
    hold() {
      if (viewport.scrollTop !== last_top) notice()
    },
    toEnd() {
      following = true
      restore()
    },
    /** Leaves the row so many pixels below the top, or in the middle. */
    show(row: Element, below: number | 'middle') {
      const view = viewport.getBoundingClientRect()
      const box = row.getBoundingClientRect()
      const wanted = below === 'middle' ? Math.max(16, (view.height - box.height) / 2) : below
      viewport.scrollTop += box.top - view.top - wanted
      following = isNearEnd()
      remember()
      moved()
    },
    /** The last row of which something can be seen. */
    lastVisible(): Element | null {
      const all = rows()
      return all[Math.min(rowBelow(viewport.clientHeight - 24), all.length - 1)] ?? null
    },
    stop() {
      observer.disconnect()
      viewport.removeEventListener('scroll', onScroll)
    },
  }
}
