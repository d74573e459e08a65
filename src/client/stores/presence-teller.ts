import type { TabPresence } from '../../shared/presence.ts'
import type { Caller } from '../api.ts'

/** Switching tabs for a moment is nobody's business. */
const AWAY_AFTER_MS = 5_000
/** The server takes who is silent for longer than two of these for away. */
const AGAIN_MS = 60_000

export const presenceCalls = ({ call }: Caller) => ({
  present: (said: TabPresence) => call<void>('PUT', '/api/presence', said, said.state === 'gone'),
})

export type PresenceTeller = ReturnType<typeof tellPresence>

/** Says of this tab whether anybody looks at it. */
export function tellPresence(tell: (said: TabPresence) => Promise<unknown>, window: Window) {
  const { document } = window
  const tab = String(crypto.getRandomValues(new Uint32Array(3)).join('-'))
  let told: TabPresence['state'] | null = null
  let patience: ReturnType<typeof setTimeout> | undefined

  const say = (state: TabPresence['state']) => {
    told = state
    void tell({ tab, state }).catch(() => {})
  }
  const look = () => {
    clearTimeout(patience)
    if (document.visibilityState === 'hidden') patience = setTimeout(() => say('away'), AWAY_AFTER_MS)
    else if (told !== 'online') say('online')
  }
  const leave = () => {
    clearTimeout(patience)
    say('gone')
  }
  const beat = setInterval(() => told === 'online' && say('online'), AGAIN_MS)
  document.addEventListener('visibilitychange', look)
  window.addEventListener('pagehide', leave)
  // A page that was only put aside comes back as it was.
  window.addEventListener('pageshow', look)

  return {
    /** The server may have forgotten. */
    anew() {
      if (told && told !== 'gone') say(told)
      else look()
    },
    stop() {
      clearInterval(beat)
      clearTimeout(patience)
      document.removeEventListener('visibilitychange', look)
      window.removeEventListener('pagehide', leave)
      window.removeEventListener('pageshow', look)
    },
  }
}
