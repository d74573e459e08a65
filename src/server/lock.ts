import { Database as Connection } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const LOCK = 'groupchat.lock'

/** Somebody else holds the lock; `pid` is their process, where it could be read. */
export class LockedError extends Error {
  constructor(
    readonly pid: number | null,
    words: (holder: string) => string,
  ) {
    super(words(pid === null ? '' : ` (process ${pid})`))
  }
}

export type Lock = { release(): void }

/**
 * Holds a lock for as long as the process lives; the kernel releases it with the process, however that ends. It is a write
 * transaction that stays open on a small SQLite file: the one portable lock that is at hand. Nothing is written in it, so
 * there is nothing to roll back after a crash, and others can still read whose it is.
 */
export function takeLock(path: string, words: (holder: string) => string): Lock {
  const connection = new Connection(path, { create: true, readwrite: true })
  try {
    // Who holds it is only for the words: not worth a wait for the disk.
    connection.run('PRAGMA synchronous = OFF')
    connection.run('BEGIN IMMEDIATE')
    sign(connection)
    connection.run('BEGIN IMMEDIATE')
  } catch (error) {
    const locked = isBusy(error) ? new LockedError(holderOf(connection), words) : error
    connection.close()
    throw locked
  }
  return {
    release() {
      connection.run('ROLLBACK')
      connection.close()
    },
  }
}

/** Who uses the folder, without taking it and without leaving anything there; null when nobody does. */
export function holderOfDataDir(dataDir: string): { pid: number | null } | null {
  const path = join(dataDir, LOCK)
  if (!existsSync(path)) return null
  const connection = new Connection(path, { readwrite: true, create: false })
  try {
    connection.run('BEGIN IMMEDIATE')
    connection.run('ROLLBACK')
    return null
  } catch (error) {
    if (!isBusy(error)) throw error
    return { pid: holderOf(connection) }
  } finally {
    connection.close()
  }
}

function sign(connection: Connection) {
  try {
    connection.run('CREATE TABLE IF NOT EXISTS holder (id INTEGER PRIMARY KEY, pid INTEGER NOT NULL)')
    connection.run('INSERT OR REPLACE INTO holder (id, pid) VALUES (1, ?)', [process.pid])
    connection.run('COMMIT')
  } catch {
    // On a full disk the lock has to do without a name.
    if (connection.inTransaction) connection.run('ROLLBACK')
  }
}

/** One process to a folder: two would each believe that what the other writes cannot be. */
export function lockDataDir(dataDir: string): Lock {
  const words = (holder: string) => `Another GroupChat${holder} already uses ${resolve(dataDir)}.`
  return takeLock(join(dataDir, LOCK), words)
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
}

function holderOf(connection: Connection): number | null {
  try {
    return connection.query<{ pid: number }, []>('SELECT pid FROM holder').get()?.pid ?? null
  } catch {
    // Taken this very moment, by somebody who has not said yet who they are.
    return null
  }
}
