import type { StreamEvent } from '../../shared/events.ts'
import { RESULTS_DEFAULT, RESULTS_MAX } from '../../shared/limits.ts'
import type { SearchResult, SearchResults } from '../../shared/search.ts'
import { Refusal } from '../api.ts'
import { createObservable } from './observable.ts'

const PAUSE_MS = 250

/** `waiting`: the server asked for a break, after which it is asked again. */
export type SearchPhase = 'idle' | 'searching' | 'ready' | 'failed' | 'waiting'
export type Search = ReturnType<typeof createSearch>

/** What somebody looks for in all their rooms, and what was found. Outlives its page, so that one can come back to it. */
export function createSearch(
  ask: (query: string, limit: number) => Promise<SearchResults>,
  my_id: string,
  pause_ms = PAUSE_MS,
) {
  const { subscribe, changed } = createObservable()
  let query = ''
  let asked = ''
  let answered = ''
  let phase: SearchPhase = 'idle'
  let results: SearchResult[] = []
  let is_partial = false
  let limit = RESULTS_DEFAULT
  let problem: string | null = null
  let hopeless = false
  /** A slow answer to an earlier question must not stand under a newer one. */
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function run() {
    clearTimeout(timer)
    const mine = ++turn
    const wanted = query
    asked = wanted
    phase = 'searching'
    changed()
    try {
      const found = await ask(wanted, limit)
      if (mine !== turn) return
      results = found.results
      is_partial = found.is_partial ?? false
      answered = wanted
      problem = null
      phase = 'ready'
    } catch (error) {
      if (mine !== turn) return
      fail(error)
    }
    changed()
  }

  function fail(error: unknown) {
    problem = error instanceof Error ? error.message : String(error)
    phase = 'failed'
    hopeless = error instanceof Refusal && error.status < 500
    if (!(error instanceof Refusal) || error.status !== 429) return
    phase = 'waiting'
    timer = setTimeout(() => void run(), error.retry_after_s * 1000)
  }

  function put(typed: string): boolean {
    if (typed.trim() === query) return false
    query = typed.trim()
    limit = RESULTS_DEFAULT
    clearTimeout(timer)
    turn++
    phase = query ? 'searching' : 'idle'
    if (!query) {
      results = []
      is_partial = false
      asked = answered = ''
    }
    return true
  }

  function drop(gone: (result: SearchResult) => boolean) {
    const left = results.filter(result => !gone(result))
    if (left.length === results.length) return
    results = left
    changed()
  }

  return {
    subscribe,
    /** Where somebody was in the results when they left them. */
    place: { top: 0, at: null as string | null },
    get query() {
      return query
    },
    /** What the server was asked last … */
    get asked() {
      return asked
    },
    /** … and what `results` answers. */
    get answered() {
      return answered
    },
    get phase() {
      return phase
    },
    get results(): readonly SearchResult[] {
      return results
    },
    /** Older messages were not looked through. */
    get is_partial() {
      return is_partial
    },
    get problem() {
      return problem
    },
    /** It would be refused again. */
    get hopeless() {
      return hopeless
    },
    get may_have_more() {
      return results.length >= limit && limit < RESULTS_MAX
    },
    /** There may be more still, but no way to get at it other than by asking more closely. */
    get is_cut() {
      return results.length >= RESULTS_MAX
    },

    /** Asks once nothing more is typed for a moment. */
    type(typed: string) {
      if (!put(typed)) return
      if (query) timer = setTimeout(() => void run(), pause_ms)
      changed()
    },
    /** Asks at once. */
    seek(typed: string) {
      if (!put(typed) && phase === 'ready') return
      if (query) void run()
      else changed()
    },
    retry: () => void run(),
    more() {
      limit = RESULTS_MAX
      void run()
    },

    apply(event: StreamEvent) {
      switch (event.type) {
        case 'message.deleted':
          return drop(({ message }) => message.id === event.data.message_id)
        case 'room.cleared':
          return drop(({ message }) => message.room_id === event.data.room_id && message.seq < event.data.before_seq)
        case 'room.deleted':
          return drop(({ message }) => message.room_id === event.data.room_id)
        case 'member.left':
          if (event.data.member.user.id === my_id) drop(({ message }) => message.room_id === event.data.room_id)
      }
    },
  }
}
