import { Database as Connection } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, NewerDatabaseError, schemaState } from '../../src/server/db/migrate.ts'
import { beginRecording, tellsOfTheseTables } from '../../src/server/record/generation.ts'
import { createRecorder } from '../../src/server/record/recorder.ts'
import { verifyLog } from '../../src/server/record/verify.ts'
import { expectAgreement } from '../record/support.ts'

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

function connect(path: string): Connection {
  const db = new Connection(path, { create: true, readwrite: true, strict: true })
  db.run('PRAGMA journal_mode = WAL')
  return db
}

function populated(): Connection {
  const db = new Connection(':memory:')
  migrate(db)
  populate(db)
  return db
}

function populate(db: Connection) {
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

  const changes = {
    'drop a column': 'ALTER TABLE rooms DROP COLUMN description;',
    'rename a column': 'ALTER TABLE rooms RENAME COLUMN description TO topic;',
    'rename a table': 'ALTER TABLE reactions RENAME TO marks;',
    'rebuild a table': rebuildOfRooms(),
  }
  for (const [what, sql] of Object.entries(changes))
    test(`${what} that the SQL log tells of, which replays to the same rows before and after`, async () => {
      const data = mkdtempSync(join(tmpdir(), 'groupchat-data-'))
      const [path, folder] = [join(data, 'chat.db'), withMigration(sql)]
      const starts = () => {
        const [writing, reading] = [connect(path), connect(path)]
        const troubles: unknown[] = []
        const trouble = (error: unknown) => troubles.push(error)
        const nudge = async () => {}
        const recorder = createRecorder({ folder: data, writing, reading, nudge, finished() {}, trouble })
        const stops = async () => {
          await recorder.close()
          writing.close()
          reading.close()
          expect(troubles).toEqual([])
        }
        return { writing, recorder, stops }
      }
      const before = starts()
      migrate(before.writing)
      before.recorder.open()
      populate(before.writing)
      await before.stops()
      // Committed, but a kill came before it was in the log.
      const late = connect(path)
      late.run("UPDATE users SET display_name = 'Late'")
      late.close()

      const after = starts()
      after.recorder.settle()
      expect(readFileSync(join(data, 'backup.sql'), 'utf8')).toContain("'Late'")
      migrate(after.writing, folder)
      after.recorder.open()
      after.writing.run("UPDATE rooms SET name = 'Renamed'")
      await after.stops()

      await expectAgreement(data)
      const { generations } = await verifyLog(data)
      expect(generations).toBe(2)
      rmSync(data, { recursive: true })
      rmSync(folder, { recursive: true })
    })

  test('that fail leave the log as it was', () => {
    const folder = withMigration('DELETE FROM messages;')
    const db = populated()
    beginRecording(db, 'g')
    expect(() => migrate(db, folder)).toThrow('lost 2 rows of messages')
    expect(tellsOfTheseTables(db)).toBe(true)
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
