/** Why a write could not be: the disk takes no more or nothing at all, or another program holds the database. Null for every other failure. */
export function diskTrouble(error: unknown): 'full' | 'unavailable' | 'busy' | null {
  const code = codeOf(error)
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'busy'
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)$/.test(code)) return 'full'
  return /^(SQLITE_READONLY|SQLITE_IOERR|EROFS|EIO)/.test(code) ? 'unavailable' : null
}

/** Of the error, or of the one that it wraps. */
function codeOf(error: unknown): string {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown }
    if (typeof code === 'string' && /^(SQLITE_|E[A-Z]+$)/.test(code)) return code
  }
  return ''
}
