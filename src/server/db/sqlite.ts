import { Database as Connection } from 'bun:sqlite'
import { drizzle } from 'drizzle-orm/bun-sqlite'
import type { Database, Query } from './database.ts'
import { migrate } from './migrate.ts'
import * as tables from './schema.sqlite.ts'
import { compileOnce } from './statements.ts'
import { createWriter } from './writer.ts'

/** Opens the file, creates it where missing, and brings its schema up to date. `path` may be `:memory:`-free only: two connections share it. */
export async function openSqlite(path: string): Promise<Database> {
  const writing = connect(path)
  migrate(writing)
  const reading = connect(path)
  const read = queryOver(reading)
  const writer = createWriter(writing, queryOver(writing))
  const epoch = await establishEpoch(writer.write)

  return {
    tables,
    read,
    write: writer.write,
    epoch,
    async ping() {
      reading.query('SELECT 1').get()
    },
    async close() {
      await writer.idle()
      reading.close()
      writing.run('PRAGMA wal_checkpoint(TRUNCATE)')
      writing.close()
    },
  }
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
