import type { Page } from 'playwright-core'

type TraceEvent = {
  name: string
  ph: string
  pid: number
  tid: number
  dur?: number
  tdur?: number
  args?: { name?: string }
}

/** Milliseconds of processor time (where Chromium knows it, else of any time) of each task of the page's main thread. */
export async function tasksOf(page: Page, act: () => Promise<unknown>): Promise<number[]> {
  const browser = page.context().browser()
  if (!browser) throw new Error('the page has no browser')
  await browser.startTracing(page, { categories: ['toplevel', '__metadata', 'disabled-by-default-devtools.timeline'] })
  await act()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const mains = new Set(
    traceEvents.filter(event => event.name === 'thread_name' && event.args?.name === 'CrRendererMain').map(idOf),
  )
  return traceEvents
    .filter(event => event.ph === 'X' && /RunTask$/.test(event.name) && mains.has(idOf(event)))
    .map(event => (event.tdur ?? event.dur ?? 0) / 1_000)
}

const idOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`
