import type { Stream } from '../stream.ts'
import { createObservable } from './observable.ts'

/** Shorter breaks are nobody's business. */
const WORTH_MENTIONING_MS = 1_500

export type Connection = ReturnType<typeof createConnection>

/** How it stands with the line to the server, in words, and hurrying its return when there is hope. */
export function createConnection(stream: Stream, window: Window) {
  const { subscribe, changed } = createObservable()
  const returned = new Set<() => void>()
  let long = false
  let was_open = false
  let ever_open = false
  let patience: ReturnType<typeof setTimeout> | undefined

  function look() {
    const open = stream.state === 'open'
    if (open) {
      clearTimeout(patience)
      patience = undefined
      long = false
      ever_open = true
      if (!was_open) for (const run of [...returned]) run()
    } else {
      patience ??= setTimeout(() => {
        long = true
        changed()
      }, WORTH_MENTIONING_MS)
    }
    was_open = open
    changed()
  }

  const stopWatching = stream.subscribe(look)
  const hope = () => {
    changed()
    if (window.document.visibilityState === 'visible') stream.retryNow()
  }
  const comeOnline = () => {
    hope()
    if (stream.state === 'open') for (const run of [...returned]) run()
  }
  window.addEventListener('online', comeOnline)
  window.addEventListener('offline', changed)
  window.document.addEventListener('visibilitychange', hope)

  return {
    subscribe,
    get online() {
      return window.navigator.onLine
    },
    get open() {
      return stream.state === 'open' && window.navigator.onLine
    },
    /** What people are told: all is well, the line is down, or we are still on our way to the server. */
    get state(): 'well' | 'offline' | 'lost' | 'connecting' {
      if (!window.navigator.onLine) return 'offline'
      if (!long) return 'well'
      return ever_open ? 'lost' : 'connecting'
    },
    retry: stream.retryNow,
    onBack(run: () => void) {
      returned.add(run)
      return () => {
        returned.delete(run)
      }
    },
    stop() {
      clearTimeout(patience)
      stopWatching()
      window.removeEventListener('online', comeOnline)
      window.removeEventListener('offline', changed)
      window.document.removeEventListener('visibilitychange', hope)
    },
  }
}
