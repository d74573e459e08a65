import { diskTrouble } from '../db/disk.ts'
import { Problem } from './problems.ts'

/** Seconds after which it is worth another try: somebody has to make room first. */
const RETRY_AFTER = 30
/** Seconds: a lock is held for a moment, as a rule. */
const RETRY_BUSY_AFTER = 2

/** What a full, read-only or locked disk makes of a request, in words; null for every other failure. Reading goes on meanwhile. */
export function diskProblem(error: unknown): Problem | null {
  const trouble = diskTrouble(error)
  const words = 'this was not stored. Keep it and try again later.'
  if (trouble === 'full')
    return new Problem(507, 'disk_full', `The disk of the server is full: ${words}`, { retryAfter: RETRY_AFTER })
  if (trouble === 'unavailable')
    return new Problem(503, 'disk_unavailable', `The server cannot write to its disk: ${words}`, {
      retryAfter: RETRY_AFTER,
    })
  if (trouble === 'busy')
    return new Problem(503, 'database_busy', `Another program holds the database of the server: ${words}`, {
      retryAfter: RETRY_BUSY_AFTER,
    })
  return null
}
