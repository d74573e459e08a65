import { Database as Connection } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../src/server/db/migrate.ts'

test('events from before they knew their message know it, and have forgotten what was edited', () => {
  const folder = mkdtempSync(join(tmpdir(), 'groupchat-migrations-'))
  cpSync('drizzle', folder, { recursive: true })
  const path = join(folder, 'meta/_journal.json')
  const journal: { entries: { tag: string }[] } = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.filter(({ tag }) => tag < '0007') }))
  const db = new Connection(':memory:')
  migrate(db, folder)
  rmSync(folder, { recursive: true })

  db.run(
    "INSERT INTO users (id, kind, display_name, handle, role, created_at) VALUES ('u', 'human', 'Ada', 'ada', 'admin', 1)",
  )
  db.run(
    "INSERT INTO rooms (id, name, model_id, ai_mode, system_prompt, visibility, created_by, created_at) VALUES ('r', 'R', 'm', 'off', '', 'public', 'u', 1)",
  )
  const says = (id: string, seq: number, content: string, edited_at: number | null) =>
    db.run(
      "INSERT INTO messages (id, room_id, seq, hash, sender_id, content, mentions, status, created_at, edited_at) VALUES (?, 'r', ?, 'h', 'u', ?, '[\"u\"]', 'complete', 1, ?)",
      [id, seq, content, edited_at],
    )
  says('plain', 1, 'as it was', null)
  says('edited', 2, 'as it is', 5)
  const emits = (type: string, data: object, subject_id: string | null = null) =>
    db.run("INSERT INTO events (type, room_id, subject_id, data, created_at) VALUES (?, 'r', ?, ?, 1)", [
      type,
      subject_id,
      JSON.stringify(data),
    ])
  const message = (id: string, content: string) => ({ room_id: 'r', message: { id, content, mentions: [] } })
  emits('member.joined', { room_id: 'r', member: {} }, 'u')
  emits('message.created', message('plain', 'as it was'))
  emits('message.created', message('edited', 'a secret'))
  emits('message.updated', message('edited', 'as it is'))
  emits('message.deleted', { room_id: 'r', message_id: 'gone' })

  migrate(db)
  const rows = db
    .query<{ subject_id: string; data: string }, []>('SELECT subject_id, data FROM events ORDER BY id')
    .all()
  expect(rows.map(({ subject_id, data }) => [subject_id, JSON.parse(data).message])).toEqual([
    ['u', undefined],
    ['plain', { id: 'plain', content: 'as it was', mentions: [] }],
    ['edited', { id: 'edited', content: 'as it is', mentions: ['u'] }],
    ['edited', { id: 'edited', content: 'as it is', mentions: ['u'] }],
    ['gone', undefined],
  ])
})
