import { introduce } from '../late.ts'

/** What stands in a room that is not there: seldom seen, so it comes when it is. */
export async function loadAbsence() {
  introduce((await import('./room-missing.riot')).default)
}
