import { Database } from 'bun:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** What the disk and SQLite alone would do with the rows of a post: an fsync each, and one for 64 together. */
export function measureInserts(seconds: number): [string, number][] {
  return [
    ['bun:sqlite, one fsync each', insertsPerSecond(1, seconds)],
    ['bun:sqlite, one fsync for 64', insertsPerSecond(64, seconds)],
  ]
}

function insertsPerSecond(together: number, seconds: number): number {
  const folder = mkdtempSync(join(import.meta.dir, '..', '.data-'))
  const database = new Database(join(folder, 'raw.db'), { create: true, strict: true })
  database.run('PRAGMA journal_mode = WAL')
  database.run('PRAGMA synchronous = FULL')
  database.run('CREATE TABLE rooms (id TEXT PRIMARY KEY, last_seq INTEGER NOT NULL)')
  database.run(
    'CREATE TABLE messages (id TEXT PRIMARY KEY, room_id TEXT, seq INTEGER, client_id TEXT UNIQUE, content TEXT, UNIQUE (room_id, seq))',
  )
  database.run('CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT, room_id TEXT, data TEXT)')
  database.run("INSERT INTO rooms VALUES ('room', 0)")
  const nextSeq = database.query<{ last_seq: number }, []>(
    "UPDATE rooms SET last_seq = last_seq + 1 WHERE id = 'room' RETURNING last_seq",
  )
  const message = database.query("INSERT INTO messages VALUES (?1, 'room', ?2, ?3, ?4)")
  const event = database.query("INSERT INTO events (type, room_id, data) VALUES ('message.created', 'room', ?1)")
  const batch = database.transaction(() => {
    for (let n = 0; n < together; n++) {
      const seq = nextSeq.get()?.last_seq ?? 0
      const id = Bun.randomUUIDv7()
      const row = {
        id,
        seq,
        client_id: crypto.randomUUID(),
        content: 'What a message in a chat might say, about a line of it.',
      }
      message.run(row.id, row.seq, row.client_id, row.content)
      event.run(JSON.stringify({ room_id: 'room', message: row }))
    }
  })
  const start = performance.now()
  let done = 0
  while (performance.now() - start < seconds * 1000) {
    batch.immediate()
    done += together
  }
  const perSecond = done / ((performance.now() - start) / 1000)
  database.close()
  rmSync(folder, { recursive: true, force: true })
  return perSecond
}
