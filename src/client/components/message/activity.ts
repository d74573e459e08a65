import type { Activity } from '../../stores/live-replies.ts'

/** What the agent is doing, as a verb, or what it waits for. */
export function verbOf(activity: Activity | null): string {
  const { state, detail } = activity ?? { state: 'thinking', detail: null }
  if (state === 'searching') return `Searching ${detail ?? 'the web'}…`
  if (state === 'reading') return `Reading ${detail ?? 'a page'}…`
  return detail ?? (state === 'writing' ? 'Writing…' : 'Thinking…')
}
