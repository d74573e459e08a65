import { Database as Connection } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBackups } from '../../src/server/backups/backups.ts'
import { restore } from '../../src/server/backups/restore.ts'
import type { Message } from '../../src/shared/messages.ts'
import { groupchat } from '../cli/groupchat.ts'
import { startFakeProvider } from '../support/fake-provider.ts'
import { Person } from '../support/person.ts'
import { png, sends } from '../support/pictures.ts'
import { startTestServer } from '../support/server.ts'
import { smallDatabase } from './database.ts'
import { tablesOf } from './tables.ts'

type Page = { messages: Message[]; cursor: string }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-restore-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the drill: what was backed up is there again, and what came later is put aside', async () => {
  const provider = await startFakeProvider()
  const first = await startTestServer({ dataDir: folder, provider })
  const ada = await first.person('Ada')
  const room = await ada.creates({ ai_mode: 'off' })
  const picture = async () => {
    const { upload } = (await sends(ada, room, await png())).body
    const draft = { content: '', client_id: crypto.randomUUID(), attachment_ids: [upload.id] }
    await ada.must('POST', `/api/rooms/${room.id}/messages`, draft)
    return upload
  }
  const kept = await picture()
  const message = await ada.says(room, 'Frist')
  await ada.must('PATCH', `/api/messages/${message.id}`, { content: 'First' })
  const { messages: before } = await ada.must<Page>('GET', `/api/rooms/${room.id}/messages`)

  const { name } = await createBackups({ dataDir: folder, database: join(folder, 'chat.db') }).run('by hand')
  const backup = join(folder, 'backups', `${name}.db`)
  const later = await picture()
  await ada.says(room, 'Second')
  const { cursor } = await ada.must<Page>('GET', `/api/rooms/${room.id}/messages`)
  await first.halt()
  // Gone from the folder, as if by mistake.
  rmSync(join(folder, 'uploads', kept.url.slice('/uploads/'.length)))

  const restored = await groupchat(folder, ['restore', name, '--json'])
  expect(restored).toMatchObject({ exitCode: 0, stderr: '' })
  const { aside } = JSON.parse(restored.stdout)
  expect(tablesOf(join(folder, 'chat.db'))).toEqual(tablesOf(backup))

  const second = await startTestServer({ dataDir: folder, provider })
  const again = new Person(second.url, ada.user, ada.token)
  const { messages: now } = await again.must<Page>('GET', `/api/rooms/${room.id}/messages`)
  expect(now).toEqual(before)
  const status = async (url: string) => (await fetch(second.url + url, { headers: again.headers })).status
  expect([await status(kept.url), await status(later.url)]).toEqual([200, 404])
  const stream = await again.listens(`/api/events?after=${cursor}`)
  expect((await stream.sees('reset')).data).toEqual({ reason: 'unknown position' })
  stream.close()
  await second.halt()

  // What was put aside comes back the same way, with its pictures.
  restore({ dataDir: folder, database: join(folder, 'chat.db'), file: aside }, () => {})
  const third = await startTestServer({ dataDir: folder, provider })
  const present = new Person(third.url, ada.user, ada.token)
  expect((await present.reads(room)).map(({ content }) => content)).toEqual(['', 'First', '', 'Second'])
  expect((await fetch(third.url + later.url, { headers: present.headers })).status).toBe(200)
  await third.stop()
  await provider.stop()
}, 15_000)

describe('a restore', () => {
  const database = () => join(folder, 'chat.db')
  const bringBack = (file: string) => restore({ dataDir: folder, database: database(), file }, () => {})
  const epochIn = (path: string) => {
    const db = new Connection(path, { readonly: true })
    const [[epoch] = []] = db.query("SELECT value FROM meta WHERE key = 'epoch'").values()
    db.close()
    return epoch
  }

  test('changes the epoch and forgets the SQL log of before', async () => {
    const db = smallDatabase(folder)
    db.run("INSERT INTO meta VALUES ('sql_log_generation', 'g'), ('sqlxlog', 'stays')")
    db.close()
    const { name } = await createBackups({ dataDir: folder, database: database() }).run('by hand')
    bringBack(name)
    expect(epochIn(database())).toMatch(/^[\da-f]{8}$/)
    expect(epochIn(database())).not.toBe('aaaaaaaa')
    const after = new Connection(database())
    expect(after.query('SELECT key FROM meta ORDER BY key').values()).toEqual([['epoch'], ['sqlxlog']])
    after.close()
  })

  test('refuses a copy that is not as it was made, no database, another one, a newer one, and changes nothing', async () => {
    const db = smallDatabase(folder)
    const { name } = await createBackups({ dataDir: folder, database: database() }).run('by hand')
    const copy = new Connection(join(folder, 'backups', `${name}.db`))
    copy.run("UPDATE messages SET content = 'forged'")
    copy.close()
    const other = (file: string, sql: string) => {
      const path = join(folder, file)
      const made = new Connection(path, { create: true })
      made.run(sql)
      made.close()
      return path
    }
    writeFileSync(
      join(folder, 'text.db'),
      'This is no database at all, but it is long enough to be looked at. '.repeat(100),
    )
    const newer =
      "CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text, created_at numeric); INSERT INTO __drizzle_migrations VALUES (1, 'x', 1e15)"
    for (const [file, words] of [
      [name, 'its checksum differs'],
      [join(folder, 'text.db'), 'text is damaged'],
      [other('shop.db', 'CREATE TABLE goods (id)'), 'shop is not a database of GroupChat'],
      [other('newer.db', newer), 'a newer GroupChat'],
      ['groupchat-2020-01-01T00-00-00Z', 'There is no backup groupchat-2020-01-01T00-00-00Z'],
    ] as const)
      expect(() => bringBack(file)).toThrow(words)
    expect(db.query("SELECT value FROM meta WHERE key = 'epoch'").values()).toEqual([['aaaaaaaa']])
    expect(readdirSync(join(folder, 'backups')).filter(file => file.startsWith('before'))).toEqual([])
    expect(readdirSync(folder).filter(file => file.includes('restoring'))).toEqual([])
    db.close()
  })

  test('replaces a database that is damaged, and keeps what there was of it', async () => {
    smallDatabase(folder).close()
    const { name } = await createBackups({ dataDir: folder, database: database() }).run('by hand')
    writeFileSync(database(), 'damaged '.repeat(1000))
    writeFileSync(`${database()}-wal`, 'also damaged')
    const { aside } = bringBack(name)
    expect(existsSync(`${database()}-wal`)).toBe(false)
    const now = new Connection(database(), { readonly: true })
    expect(now.query('SELECT count(*) FROM messages').values()).toEqual([[2]])
    now.close()
    expect(await Bun.file(aside ?? '').text()).toStartWith('damaged')
    expect(await Bun.file(`${aside}-wal`).text()).toBe('also damaged')
  })

  test('works in an empty folder, from a path', async () => {
    smallDatabase(folder).close()
    const { name } = await createBackups({ dataDir: folder, database: database() }).run('by hand')
    const elsewhere = mkdtempSync(join(tmpdir(), 'groupchat-restore-'))
    const moved = restore(
      { dataDir: elsewhere, database: join(elsewhere, 'chat.db'), file: join(folder, 'backups', `${name}.db`) },
      () => {},
    )
    expect(moved).toMatchObject({ name, aside: null })
    expect(tablesOf(join(elsewhere, 'chat.db'))).toEqual(tablesOf(database()))
    rmSync(elsewhere, { recursive: true })
  })
})
