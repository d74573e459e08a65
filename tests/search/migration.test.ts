import { Database as Connection } from 'bun:sqlite'
import { afterEach, describe, expect, test } from 'bun:test'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/bun-sqlite'
import type { Query } from '../../src/server/db/database.ts'
import { migrate } from '../../src/server/db/migrate.ts'
import * as tables from '../../src/server/db/schema.sqlite.ts'
import { openIndex } from '../../src/server/search/open.ts'

type Entry = { idx: number; version: string; when: number; tag: string; breakpoints: boolean }

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** The released migrations, or some of them, or more. */
function migrations(choose: (entries: Entry[]) => Entry[], added: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'groupchat-migrations-'))
  folders.push(folder)
  cpSync('drizzle', folder, { recursive: true })
  const path = join(folder, 'meta/_journal.json')
  const journal: { entries: Entry[] } = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...journal, entries: choose(journal.entries) }))
  for (const [tag, text] of Object.entries(added)) writeFileSync(join(folder, `${tag}.sql`), text)
  return folder
}

function populate(db: Connection) {
  db.run(
    "INSERT INTO users (id, kind, display_name, handle, role, created_at) VALUES ('u', 'human', 'Ada', 'ada', 'admin', 1)",
  )
  db.run(
    "INSERT INTO rooms (id, name, model_id, ai_mode, system_prompt, visibility, created_by, created_at) VALUES ('r', 'R', 'm', 'off', '', 'public', 'u', 1)",
  )
}
function says(db: Connection, id: string, seq: number, content: string, status = 'complete', deleted_at = 'NULL') {
  db.run(
    `INSERT INTO messages (id, room_id, seq, hash, sender_id, content, mentions, status, created_at, deleted_at) VALUES ('${id}', 'r', ${seq}, 'h', 'u', '${content}', '[]', '${status}', ${seq}, ${deleted_at})`,
  )
}
const found = (db: Connection, word: string) =>
  db
    .query<{ message_id: string }, [string]>(
      'SELECT message_id FROM search_index JOIN search_messages ON search_messages.id = search_index.rowid WHERE search_index MATCH ? ORDER BY search_index.rowid DESC',
    )
    .all(word)
    .map(row => row.message_id)
/** Takes all that waits into the index, and says how many messages that were in each write. */
async function index(db: Connection): Promise<number[]> {
  const counts: number[] = []
  for (;;) {
    const taken = await openIndex(tables).take(drizzle({ client: db }) as unknown as Query)
    if (!taken) return counts
    counts.push(taken.count)
  }
}
const value = (db: Connection, question: string) => Object.values(db.query<object, []>(question).get() ?? {})[0]

describe('the index of the messages', () => {
  test('is filled with what was said before there was one, newest last', async () => {
    const db = new Connection(':memory:')
    migrate(
      db,
      migrations(entries => entries.filter(({ tag }) => tag < '0004')),
    )
    populate(db)
    says(db, 'b', 2, 'bassoon two')
    says(db, 'a', 1, 'bassoon one')
    says(db, 'c', 3, 'bassoon half', 'streaming')
    says(db, 'd', 4, 'bassoon gone', 'complete', '9')
    migrate(db)
    expect(found(db, 'bassoon')).toEqual(['b', 'a'])
    db.run("UPDATE messages SET content = 'bassoon whole', status = 'complete' WHERE id = 'c'")
    expect(await index(db)).toEqual([1])
    expect(found(db, 'bassoon')).toEqual(['c', 'b', 'a'])
    says(db, 'e', 5, 'bassoon new')
    await index(db)
    expect(found(db, 'bassoon')).toEqual(['e', 'c', 'b', 'a'])
  })

  test('is filled behind the posts: newest last, neither with what is deleted, cleared or growing, nor twice', async () => {
    const db = new Connection(':memory:')
    migrate(db)
    populate(db)
    says(db, 'a', 1, 'bassoon one')
    says(db, 'b', 2, 'bassoon two')
    db.run('UPDATE rooms SET cleared_seq = 2')
    for (const [at, id] of ['c', 'd', 'e', 'f', 'g'].entries()) says(db, id, at + 3, `bassoon ${id}`)
    says(db, 'h', 8, 'bassoon half', 'streaming')
    db.run("UPDATE messages SET deleted_at = 9 WHERE id = 'c'")
    db.run("UPDATE messages SET content = 'oboe d' WHERE id = 'd'")
    db.run("DELETE FROM messages WHERE id = 'e'")
    expect(found(db, 'bassoon')).toEqual([])
    expect(await index(db)).toEqual([11])
    expect(found(db, 'bassoon')).toEqual(['g', 'f'])
    expect(found(db, 'oboe')).toEqual(['d'])

    // A reply takes its place where it began, whenever it ends.
    says(db, 'i', 9, 'bassoon after')
    await index(db)
    db.run("UPDATE messages SET status = 'complete' WHERE id = 'h'")
    expect(await index(db)).toEqual([1])
    expect(found(db, 'bassoon')).toEqual(['i', 'h', 'g', 'f'])
    expect(await index(db)).toEqual([])
    db.run("INSERT INTO search_index (search_index) VALUES ('integrity-check')")
  })

  test('loses a text that was deleted or changed, and has the new one', async () => {
    const db = new Connection(':memory:')
    migrate(db)
    populate(db)
    for (const [at, id] of ['a', 'b', 'c'].entries()) says(db, id, at + 1, `bassoon ${id}`)
    await index(db)
    db.run("UPDATE messages SET content = '', deleted_at = 9 WHERE id = 'a'")
    db.run("UPDATE messages SET content = 'oboe' WHERE id = 'b'")
    db.run("UPDATE messages SET status = 'streaming' WHERE id = 'c'")
    expect(await index(db)).toEqual([3])
    expect(found(db, 'oboe')).toEqual(['b'])
    expect(found(db, 'bassoon')).toEqual([])
  })

  test('takes only so much at a time', async () => {
    const db = new Connection(':memory:')
    migrate(db)
    populate(db)
    for (let seq = 1; seq <= 450; seq++) says(db, `m${seq}`, seq, `bassoon ${seq}`)
    says(db, 'long', 451, 'bassoon '.repeat(10_000))
    for (let seq = 452; seq <= 460; seq++) says(db, `m${seq}`, seq, 'bassoon '.repeat(1_000))
    expect(await index(db)).toEqual([200, 200, 50, 1, 4, 4, 1])
    expect(found(db, 'bassoon')).toHaveLength(460)
  })

  test('is not touched while a reply grows', async () => {
    const db = new Connection(':memory:')
    migrate(db)
    populate(db)
    says(db, 'a', 1, '', 'streaming')
    await index(db)
    const before = Number(value(db, 'SELECT total_changes()'))
    for (let n = 1; n <= 10; n++)
      db.run("UPDATE messages SET content = content || 'bassoon ', ai = '{}' WHERE id = 'a'")
    db.run("UPDATE messages SET pinned_at = 1 WHERE id = 'a'")
    expect(Number(value(db, 'SELECT total_changes()')) - before).toBe(11)
    expect(found(db, 'bassoon')).toEqual([])
  })

  test('has nothing left of what is deleted, and is sound', async () => {
    const db = new Connection(':memory:')
    migrate(db)
    populate(db)
    db.run('PRAGMA foreign_keys = ON')
    says(db, 'a', 1, 'bassoon')
    says(db, 'b', 2, 'bassoon')
    await index(db)
    db.run("DELETE FROM messages WHERE id = 'a'")
    await index(db)
    expect(found(db, 'bassoon')).toEqual(['b'])
    db.run("DELETE FROM rooms WHERE id = 'r'")
    await index(db)
    expect(found(db, 'bassoon')).toEqual([])
    for (const table of ['search_messages', 'search_rooms', 'search_index_docsize'])
      expect(value(db, `SELECT count(*) FROM ${table}`)).toBe(0)
    db.run("INSERT INTO search_index (search_index) VALUES ('integrity-check')")
  })

  test('may be put in order by a migration: the rows of its own tables are no rows of ours', async () => {
    const db = new Connection(':memory:')
    migrate(db)
    populate(db)
    for (let seq = 1; seq <= 10; seq++) {
      says(db, `m${seq}`, seq, `bassoon ${seq}`)
      await index(db)
    }
    const before = Number(value(db, 'SELECT count(*) FROM search_index_data'))
    const next = { idx: 99, version: '6', when: Date.now() + 1_000_000_000, tag: '0099_tidy', breakpoints: true }
    const folder = migrations(entries => [...entries, next], {
      '0099_tidy': "INSERT INTO search_index (search_index) VALUES ('optimize');",
    })
    migrate(db, folder)
    expect(Number(value(db, 'SELECT count(*) FROM search_index_data'))).toBeLessThan(before)
    expect(found(db, 'bassoon')).toHaveLength(10)
  })
})
