import type { StreamEvent } from '../../shared/events.ts'
import type { RoomUsage } from '../../shared/usage.ts'
import { createObservable } from './observable.ts'

/** Replies often end close together; one look at the sum is enough for them. */
const SETTLE_MS = 800

export type Usage = ReturnType<typeof createUsage>

/** What a room's assistants were used for, asked for only while somebody looks at it. */
export function createUsage(ask: () => Promise<RoomUsage>, settle_ms = SETTLE_MS) {
  const { subscribe, changed } = createObservable()
  let sums: RoomUsage | null = null
  let problem: string | null = null
  let watched = false
  let asked = 0
  let due: ReturnType<typeof setTimeout> | undefined

  async function load() {
    clearTimeout(due)
    const mine = ++asked
    try {
      const answer = await ask()
      if (mine !== asked) return
      sums = answer
      problem = null
    } catch (error) {
      if (mine === asked) problem = error instanceof Error ? error.message : String(error)
    }
    changed()
  }

  return {
    subscribe,
    load,
    get sums() {
      return sums
    },
    get problem() {
      return problem
    },
    watch(wanted: boolean) {
      if (wanted && !watched) void load()
      if (!wanted) clearTimeout(due)
      watched = wanted
    },
    /** After a gap in the stream. */
    renew() {
      if (watched && sums) void load()
    },
    apply(event: StreamEvent) {
      if (!watched || event.type !== 'message.updated') return
      const { ai, status } = event.data.message
      if (!ai || status === 'streaming') return
      clearTimeout(due)
      due = setTimeout(() => void load(), settle_ms)
    },
  }
}
