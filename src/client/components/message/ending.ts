import type { Message } from '../../../shared/messages.ts'

/** What stands in place of, or under, a reply that did not come to a good end; null when it did. */
export function endingOf(
  message: Message,
  nameOf: (id: string) => string | null,
): { bad: boolean; text: string } | null {
  const { ai, status } = message
  if (status === 'error') return { bad: true, text: ai?.error ?? 'The assistant could not answer.' }
  if (status === 'interrupted') return { bad: true, text: ai?.error ?? 'The reply was interrupted.' }
  if (status !== 'stopped') return null
  const who = ai?.stopped_by ? nameOf(ai.stopped_by) : null
  const when = ai?.response_ms == null ? '' : ` at ${seconds(ai.response_ms)}`
  return { bad: false, text: `Stopped${who ? ` by ${who}` : ''}${when}` }
}

export function seconds(ms: number): string {
  if (ms < 50) return '< 0.1 s'
  return ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`
}
