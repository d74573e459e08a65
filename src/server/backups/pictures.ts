import type { Database as Connection } from 'bun:sqlite'
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ordinaryTables } from '../db/tables.ts'
import { syncPath } from './sync.ts'

/** Two levels, names without anything that could lead elsewhere: a database from elsewhere must not name other files. */
const PATH = /^[\w-]+\/[\w-][\w.-]*$/

/** The files that rows name, as `folder/name`. */
export function picturesIn(connection: Connection): string[] {
  const tables = ordinaryTables(connection)
  const paths: string[] = []
  if (tables.includes('uploads'))
    paths.push(...connection.query<{ path: string }, []>('SELECT path FROM uploads').values().map(textOf))
  if (tables.includes('users'))
    paths.push(
      ...connection
        .query(`SELECT substr(avatar_url, length('/uploads/') + 1) FROM users WHERE avatar_url LIKE '/uploads/%'`)
        .values()
        .map(textOf),
    )
  return [...new Set(paths)].filter(path => PATH.test(path))
}

function textOf([value]: unknown[]): string {
  return String(value)
}

/**
 * Puts the same file at `to` too. Pictures are written once and never changed, so a hard link is as good as a copy and takes
 * no space; where the file system has none, a copy. False when there is no such file.
 */
export function shareFile(from: string, to: string): boolean {
  if (existsSync(to)) return true
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    if (codeOf(error) === 'EEXIST') return true
  }
  // Under another name until it is all there and on disk.
  const part = `${to}.part`
  copyFileSync(from, part)
  syncPath(part)
  renameSync(part, to)
  return true
}

/** Shares the named files; how many there are, how large they are, and how many are missing. */
export function sharePictures(from: string, to: string, paths: string[]) {
  mkdirSync(to, { recursive: true, mode: 0o700 })
  const sum = { files: 0, bytes: 0, missing: 0 }
  for (const path of paths) {
    if (!shareFile(join(from, path), join(to, path))) {
      sum.missing++
      continue
    }
    sum.files++
    sum.bytes += statSync(join(to, path)).size
  }
  return sum
}

/** Removes what is not among the named files. */
export function dropOthers(folder: string, paths: string[]) {
  const named = new Set(paths)
  for (const path of filesUnder(folder)) if (!named.has(path)) rmSync(join(folder, path))
}

/** `folder/name` of all files, two levels deep. */
export function filesUnder(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(root, name)).map(file => `${name}/${file}`))
    .filter(path => PATH.test(path))
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null
}
