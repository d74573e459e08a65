import type { Page } from 'playwright-core'

/** What was seen of the rows, frame by frame. Pixels; a move is positive where the conversation goes down the screen. */
export type Seen = {
  frames: number
  /** The furthest that the conversation moved against the direction that it was pushed to. */
  backward: number
  /** The furthest in one frame. */
  furthest: number
  /** The furthest that two rows in view moved against each other. */
  apart: number
  /** Frames with none of the rows of the frame before. */
  lost: number
  /** The most rows in the page. */
  rows: number
  /** Tasks of 50 ms and more, in milliseconds. */
  tasks: number[]
}

type Watch = { seen: Seen; direction: number; begin(direction: number): void }

/** From the next page on, its frames are watched. */
export async function watchFrames(page: Page) {
  await page.addInitScript(() => {
    const none = (): Seen => ({ frames: 0, backward: 0, furthest: 0, apart: 0, lost: 0, rows: 0, tasks: [] })
    let before = new Map<Element, number>()
    const watch: Watch = {
      seen: none(),
      direction: 0,
      begin(direction) {
        watch.direction = direction
        watch.seen = none()
        count()
        before = placesNow()
      },
    }
    Object.assign(window, { watch })

    function placesNow() {
      const places = new Map<Element, number>()
      const log = document.querySelector('[role=log]')?.getBoundingClientRect()
      if (!log) return places
      for (const body of document.querySelectorAll('[role=log] article .body')) {
        const { top, bottom } = body.getBoundingClientRect()
        if (bottom > log.top && top < log.bottom) places.set(body, top)
      }
      return places
    }

    function look() {
      const { seen, direction } = watch
      const now = placesNow()
      const moves = [...before].flatMap(([body]) => {
        const [from, to] = [before.get(body), now.get(body)]
        return from === undefined || to === undefined ? [] : [to - from]
      })
      if (before.size && now.size && !moves.length) seen.lost += 1
      for (const move of moves) {
        seen.furthest = Math.max(seen.furthest, Math.abs(move))
        seen.backward = Math.max(seen.backward, direction === 0 ? Math.abs(move) : -move * direction)
      }
      if (moves.length) seen.apart = Math.max(seen.apart, Math.max(...moves) - Math.min(...moves))
      seen.frames += 1
      before = now
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)

    const count = () => {
      watch.seen.rows = Math.max(watch.seen.rows, document.querySelectorAll('[role=log] article').length)
    }
    new MutationObserver(count).observe(document, { childList: true, subtree: true })
    new PerformanceObserver(list => {
      for (const entry of list.getEntries()) watch.seen.tasks.push(Math.round(entry.duration))
    }).observe({ type: 'longtask' })
  })
}

/** What happened to the rows while `act` went on, which pushed them down (1), up (-1), or not at all (0). */
export async function seenWhile(page: Page, direction: -1 | 0 | 1, act: () => Promise<unknown>): Promise<Seen> {
  await page.evaluate(value => (window as unknown as { watch: Watch }).watch.begin(value), direction)
  await act()
  return page.evaluate(
    () =>
      new Promise<Seen>(resolve =>
        requestAnimationFrame(() =>
          requestAnimationFrame(() => resolve((window as unknown as { watch: Watch }).watch.seen)),
        ),
      ),
  )
}
