import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Waits until the disk has the file, or what the folder lists. Never of a database that this process has open: closing it would end SQLite's locks. */
export function syncPath(path: string) {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
