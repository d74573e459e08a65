import { Database as Connection } from 'bun:sqlite'
import { drizzle } from 'drizzle-orm/bun-sqlite'
import { compress, compressLeftovers } from '../record/compress.ts'
import { stopRecording } from '../record/generation.ts'
import { createRecorder } from '../record/recorder.ts'
import type { Database, Query } from './database.ts'
import { migrate } from './migrate.ts'
import * as tables from './schema.sqlite.ts'
import { compileOnce } from './statements.ts'
import { createWriter } from './writer.ts'

export type OpenOptions = {
  /** Whether this process writes each change to `backup.sql` too; not given: another one may, and is left alone. */
  sqlLog?: 'on' | 'off'
  /** Told of what goes wrong beside the database. */
  trouble?: (error: unknown) => void
  /** Bytes from which on a file of the log is full. */
  partMax?: number
}
type Place = OpenOptions & { folder: string }

/** Opens the file, creates it where missing, and brings its schema up to date. `path` may be `:memory:`-free only: two connections share it. */
export async function openSqlite(
  path: string,
  { folder, sqlLog, trouble = () => {}, partMax }: Place,
): Promise<Database> {
  const writing = connect(path)
  const reading = connect(path)
  const record =
    sqlLog === 'on' ? createRecorder({ folder, writing, reading, nudge, finished, trouble, partMax }) : null
  const around = record && { within: record.forget, committed: record.wake }
  const writer = createWriter(writing, queryOver(writing), around ?? undefined)
  const read = queryOver(reading)
  let compressing = Promise.resolve()
  const closing = new AbortController()
  if (isBegun(writing)) record?.settle()
  migrate(writing)
  if (record) record.open()
  else if (sqlLog === 'off') stopRecording(writing)
  if (record) compressing = compressing.then(() => compressLeftovers(folder, closing.signal)).catch(trouble)

  async function nudge() {
    await writer.write(async () => {})
  }
  function finished(part: string) {
    compressing = compressing.then(() => compress(part, closing.signal)).catch(trouble)
  }

  const epoch = await establishEpoch(writer.write)

  return {
    tables,
    read,
    write: writer.write,
    epoch,
    figures: () => ({ ...writer.figures(), sql_log_owed: record?.owed ?? 0 }),
    async ping() {
      reading.query('SELECT 1').get()
    },
    async close() {
      await writer.idle()
      await record?.close()
      // A large part takes longer than a stop may; the next start does it.
      closing.abort()
      await compressing
      reading.close()
      writing.run('PRAGMA wal_checkpoint(TRUNCATE)')
      writing.close()
    },
  }
}

/** Whether there are tables yet. */
function isBegun(connection: Connection): boolean {
  return connection.query(`SELECT 1 FROM sqlite_schema WHERE name = 'meta'`).all().length > 0
}

function connect(path: string) {
  const connection = new Connection(path, { create: true, readwrite: true, strict: true })
  // Readers go on while somebody writes.
  connection.run('PRAGMA journal_mode = WAL')
  // An acknowledged message survives a power cut; the group commit makes the fsync affordable.
  connection.run('PRAGMA synchronous = FULL')
  // Off by default in SQLite; without it a reference is a comment.
  connection.run('PRAGMA foreign_keys = ON')
  // bun:sqlite fails at once by default when a backup or the sqlite3 program holds the lock. Waiting blocks the loop, so not for long.
  connection.run('PRAGMA busy_timeout = 2000')
  connection.run('PRAGMA cache_size = -65536')
  connection.run('PRAGMA temp_store = MEMORY')
  return connection
}

/** bun:sqlite answers in the same turn; awaiting its answers is what lets the same code run on an engine that does not. */
function queryOver(connection: Connection): Query {
  return drizzle({ client: compileOnce(connection) }) as unknown as Query
}

async function establishEpoch(write: Database['write']) {
  return write(async tx => {
    await tx
      .insert(tables.meta)
      .values({ key: 'epoch', value: crypto.randomUUID().slice(0, 8) })
      .onConflictDoNothing()
    const rows = await tx.select().from(tables.meta)
    const epoch = rows.find(row => row.key === 'epoch')?.value
    if (!epoch) throw new Error('The database has no epoch')
    return epoch
  })
}
