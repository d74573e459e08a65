import { Database as Connection } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, NewerDatabaseError, schemaState } from '../../src/server/db/migrate.ts'

/** What drizzle-kit writes when a table has to be rebuilt: made anew, filled, the old one dropped. */
function rebuildOfRooms(): string {
  const db = new Connection(':memory:')
  migrate(db)
  const { sql } = db.query<{ sql: string }, []>("SELECT sql FROM sqlite_schema WHERE name = 'rooms'").get() ?? {
    sql: '',
  }
  db.close()
  return [
    sql.replace('`rooms`', '__new_rooms'),
    'INSERT INTO __new_rooms SELECT * FROM rooms;',
    'DROP TABLE rooms;',
    'ALTER TABLE __new_rooms RENAME TO rooms;',
  ].join('--> statement-breakpoint\n')
}

/** The released migrations and one more, as drizzle-kit would add it. */
function withMigration(sql: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'groupchat-migrations-'))
  cpSync('drizzle', folder, { recursive: true })
  const journal = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8'))
  const idx = journal.entries.length
  journal.entries.push({ idx, version: '6', when: Date.now() + 1_000_000_000, tag: `${idx}_next`, breakpoints: true })
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify(journal))
  writeFileSync(join(folder, `${idx}_next.sql`), sql)
  return folder
}

function populated(): Connection {
  const db = new Connection(':memory:')
  migrate(db)
  db.run(
    "INSERT INTO users (id, kind, display_name, handle, role, created_at) VALUES ('u', 'human', 'Ada', 'ada', 'admin', 1)",
  )
  db.run(
    "INSERT INTO rooms (id, name, model_id, ai_mode, system_prompt, visibility, created_by, created_at) VALUES ('r', 'R', 'm', 'off', '', 'public', 'u', 1)",
  )
  for (const seq of [1, 2])
    db.run(
      `INSERT INTO messages (id, room_id, seq, hash, sender_id, content, mentions, status, created_at) VALUES ('m${seq}', 'r', ${seq}, 'h', 'u', 'hi', '[]', 'complete', 1)`,
    )
  return db
}
const count = (db: Connection, table: string) =>
  db.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${table}`).get()?.n

describe('migrations', () => {
  test('rebuild a table without taking the rows that refer to it along', () => {
    const db = populated()
    const folder = withMigration(rebuildOfRooms())
    migrate(db, folder)
    expect(count(db, 'messages')).toBe(2)
    expect(count(db, 'rooms')).toBe(1)
    expect(db.query<{ foreign_keys: number }, []>('PRAGMA foreign_keys').get()?.foreign_keys).toBe(1)
    rmSync(folder, { recursive: true })
  })

  test('refuse to go on when rows are lost', () => {
    const folder = withMigration('DELETE FROM messages;')
    const db = populated()
    expect(() => migrate(db, folder)).toThrow('lost 2 rows of messages')
    // … and the loss never was.
    expect(count(db, 'messages')).toBe(2)
    expect(schemaState(db, folder)).toMatchObject({ pending: 1, unknown: 0 })
    rmSync(folder, { recursive: true })
  })

  test('refuse to go on when rows are left that refer to nothing', () => {
    const folder = withMigration("UPDATE messages SET room_id = 'gone' WHERE seq = 2;")
    expect(() => migrate(populated(), folder)).toThrow('left 1 rows that refer to nothing')
    rmSync(folder, { recursive: true })
  })

  test('change nothing the second time', () => {
    const db = populated()
    migrate(db)
    expect(count(db, 'messages')).toBe(2)
  })

  test('refuse a database that a newer program has used, and leave it alone', () => {
    const db = populated()
    const folder = withMigration('ALTER TABLE rooms ADD colour text;')
    migrate(db, folder)
    const before = db.serialize()
    expect(() => migrate(db)).toThrow(NewerDatabaseError)
    expect(db.serialize()).toEqual(before)
    expect(schemaState(db)).toMatchObject({ pending: 0, unknown: 1 })
    rmSync(folder, { recursive: true })
  })
})
