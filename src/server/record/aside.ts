import { existsSync, renameSync, statSync, truncateSync } from 'node:fs'
import { finishedParts, inspect, logPath, partPath } from './files.ts'
import { newGeneration } from './generation.ts'

/** What stands in the place of the log and is not to be gone on with is kept. Its new path where it is a part of a log. */
export function putAside(folder: string): string | null {
  const path = logPath(folder)
  if (!existsSync(path) || statSync(path).size === 0) return null
  const found = inspect(path)
  const part = found && partPath(folder, found.head)
  if (!part || existsSync(part) || existsSync(`${part}.gz`)) {
    renameSync(path, `${path}.${found ? 'second' : 'unreadable'}-${newGeneration()}`)
    return null
  }
  truncateSync(path, found.tail.bytes)
  renameSync(path, part)
  return part
}

/**
 * A crash between putting a file aside and what was to follow it leaves another one in its place, or none, of which the
 * database knows nothing yet: the file is put back.
 */
export function bringBack(folder: string, generation: string) {
  const path = logPath(folder)
  if (inspect(path)?.head.generation === generation) return
  const last = finishedParts(folder).findLast(part => part.generation === generation)
  if (!last || last.path.endsWith('.gz')) return
  putAside(folder)
  renameSync(last.path, path)
}
