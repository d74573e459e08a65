import { Problem } from './problems.ts'

/** Seconds after which it is worth another try: somebody has to make room first. */
const RETRY_AFTER = 30

/** What a full or read-only disk makes of a write, in words; null for every other failure. Reading goes on meanwhile. */
export function diskProblem(error: unknown): Problem | null {
  const code = codeOf(error)
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)$/.test(code))
    return new Problem(
      507,
      'disk_full',
      'The disk of the server is full: this was not stored. Keep it and try again later.',
      {
        retryAfter: RETRY_AFTER,
      },
    )
  if (/^(SQLITE_READONLY|SQLITE_IOERR|EROFS|EIO)/.test(code))
    return new Problem(
      503,
      'disk_unavailable',
      'The server cannot write to its disk: this was not stored. Keep it and try again later.',
      {
        retryAfter: RETRY_AFTER,
      },
    )
  return null
}

/** Of the error, or of the one that it wraps. */
function codeOf(error: unknown): string {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown }
    if (typeof code === 'string' && /^(SQLITE_|E[A-Z]+$)/.test(code)) return code
  }
  return ''
}
