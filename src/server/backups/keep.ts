import { type Listed, timeOf } from './manifest.ts'

const NEWEST = 10
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Which of the backups may go. The ten newest stay, and the newest one that is older than a day: whatever starts and backs up
 * over and over within an hour cannot push out the last copy of before. What a wrong clock dated ahead counts as the oldest,
 * or it would push out all that is made until then.
 */
export function superfluous(backups: Listed[], now: number): Listed[] {
  const madeAt = (backup: Listed) => (timeOf(backup) > now ? Number.NEGATIVE_INFINITY : timeOf(backup))
  const byAge = backups.toSorted((one, other) => madeAt(other) - madeAt(one) || timeOf(other) - timeOf(one))
  const old = byAge.find(backup => now - timeOf(backup) >= DAY_MS)
  return byAge.slice(NEWEST).filter(backup => backup !== old)
}
