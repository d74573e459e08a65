import type { Activity } from '../../stores/live-replies.ts'

/** What the agent is doing, as a verb. */
export function verbOf(activity: Activity | null): string {
  if (activity?.state === 'searching') return activity.detail ? `Searching “${activity.detail}”…` : 'Searching…'
  if (activity?.state === 'reading') return activity.detail ? `Reading ${activity.detail}…` : 'Reading…'
  if (activity?.state === 'writing') return 'Writing…'
  return 'Thinking…'
}
