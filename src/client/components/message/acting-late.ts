import type { Acting, ActingPlace } from './acting.ts'

/** What shows that somebody is about to do something with a message. */
export const ACTED_ON = ['pointerover', 'pointerdown', 'pointerup', 'pointercancel', 'focusin', 'keydown'] as const
/** Whoever types there means what they type. */
export const FIELDS = 'input, textarea, select, [contenteditable], dialog, [role="menu"]'

/**
 * Lets people do things with messages. What it takes comes with the first message that is pointed at or has the focus,
 * and does what was wished meanwhile. Returns how to stop.
 */
export function actOnMessages(log: HTMLElement, place: ActingPlace): () => void {
  const stop = new AbortController()
  let missed: Event[] | null = null
  let acting: Acting | null = null

  async function begin(event: Event) {
    if (acting || !(event.target as Element).closest('article')) return
    if (missed) return void missed.push(event)
    missed = [event]
    const late = await import('./acting.ts').catch(() => null)
    const events = missed
    missed = null
    if (!late || stop.signal.aborted) return
    acting = late.startActing(log, place)
    for (const each of events) acting.notice(each)
  }

  for (const type of ACTED_ON) log.addEventListener(type, begin, { signal: stop.signal, passive: true })
  return () => {
    stop.abort()
    acting?.stop()
  }
}

/** Exactly one message can be reached by Tab: the one that had the focus last, otherwise the newest. */
export function keepReachable(log: Element) {
  const reachable = log.querySelector('article[tabindex="0"]')
  const newest = log.querySelector('.rows > :last-child article')
  if (reachable === newest || reachable?.hasAttribute('data-visited')) return
  reachable?.setAttribute('tabindex', '-1')
  newest?.setAttribute('tabindex', '0')
}
