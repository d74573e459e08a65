/** A backup or a restore that did not come about, in words for whoever runs the server. */
export class BackupError extends Error {}

export function inWords(error: unknown): string {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code))
    return 'The disk is full. Make room where the backups are kept and try again; the chat goes on without.'
  if (isDamage(error))
    return `The database is damaged (${message}). Bring back the last backup: groupchat backups lists them.`
  if (/^(EACCES|EPERM|EROFS|SQLITE_READONLY|SQLITE_CANTOPEN)/.test(code))
    return `A file or folder cannot be read or written (${message}). Does everything under DATA_DIR belong to the user that GroupChat runs as?`
  return message
}

export function isDamage(error: unknown): boolean {
  return /^(SQLITE_CORRUPT|SQLITE_NOTADB)/.test(codeOf(error))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** `12.3 MB`. */
export function inBytes(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1000)} KB`
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(2)} GB`
}
