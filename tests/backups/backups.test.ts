import { Database as Connection } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBackups } from '../../src/server/backups/backups.ts'
import { superfluous } from '../../src/server/backups/keep.ts'
import { listBackups, placeOf } from '../../src/server/backups/manifest.ts'
import { restore } from '../../src/server/backups/restore.ts'
import { takeLock } from '../../src/server/lock.ts'
import { smallDatabase } from './database.ts'

let folder: string
let db: Connection
let backups: ReturnType<typeof createBackups>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-backups-'))
  db = smallDatabase(folder)
  backups = createBackups({ dataDir: folder, database: join(folder, 'chat.db') })
})
afterEach(() => {
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

const files = () => readdirSync(join(folder, 'backups')).sort()
const mode = (...path: string[]) => (statSync(join(folder, 'backups', ...path)).mode & 0o777).toString(8)

test('a backup is the database and its pictures, checked, and nobody else’s to read', async () => {
  mkdirSync(join(folder, 'uploads/chat-images'), { recursive: true })
  writeFileSync(join(folder, 'uploads/chat-images/one.png'), 'one')
  writeFileSync(join(folder, 'uploads/chat-images/unnamed.png'), 'nobody names it')
  db.run("INSERT INTO uploads VALUES ('1', 'u', 'r', NULL, 'chat-images/one.png', 'o', 'image/png', 3, 1, 1, 1, NULL)")
  db.run("INSERT INTO uploads VALUES ('2', 'u', 'r', NULL, 'chat-images/gone.png', 'g', 'image/png', 3, 1, 1, 1, NULL)")
  const { name, ...made } = await backups.run('by hand')
  expect(made).toMatchObject({ reason: 'by hand', messages: 2, pictures: 1, picture_bytes: 3 })
  expect(name).toMatch(/^groupchat-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/)
  expect(files()).toEqual(['.lock', `${name}.db`, `${name}.json`, `${name}.uploads`].sort())
  expect([mode(`${name}.db`), mode(`${name}.json`), mode(`${name}.uploads`), mode('.')]).toEqual([
    '600',
    '600',
    '700',
    '700',
  ])
  expect(readdirSync(join(folder, 'backups', `${name}.uploads/chat-images`))).toEqual(['one.png'])
  const [listed] = await listBackups(backups.folder)
  expect(listed?.manifest).toMatchObject({
    rows: { messages: 2, users: 1, uploads: 2 },
    pictures: { files: 1, bytes: 3, missing: 1 },
    schema: expect.stringMatching(/^\d{4}_/),
  })
  const copy = new Connection(join(folder, 'backups', `${name}.db`), { readonly: true })
  expect(copy.query('SELECT id FROM messages ORDER BY id').values()).toEqual([['m1'], ['m2']])
  copy.close()
})

/** More by `BACKUPS=50`. */
const MANY = Number(process.env.BACKUPS ?? 6)

test(`${MANY} backups while others write are each of one moment, and each that is listed can be restored`, async () => {
  let writing = true
  const writer = (async () => {
    for (let n = 3; writing; n++) {
      db.run('BEGIN')
      db.run(
        `INSERT INTO messages SELECT 'm${n}', room_id, ${n}, hash, NULL, sender_id, content, mentions, reply_to, status, ai, created_at, NULL, NULL, NULL, NULL FROM messages WHERE id = 'm1'`,
      )
      db.run(`INSERT INTO reactions VALUES ('m${n}', 'u', '👍', 1)`)
      if (n % 3 === 0) db.run(`DELETE FROM reactions WHERE message_id = 'm${n - 1}'`)
      db.run('COMMIT')
      await Bun.sleep(2)
    }
  })()
  const seen: number[] = []
  for (let n = 0; n < MANY; n++) seen.push((await backups.run('by hand')).messages)
  writing = false
  await writer
  expect(seen).toEqual(seen.toSorted((one, other) => one - other))
  expect(new Set(seen).size).toBeGreaterThan(4)
  const kept = await listBackups(backups.folder)
  expect(kept.map(({ manifest }) => manifest.rows.messages)).toEqual(seen.toReversed().slice(0, 10))
  for (const { place, manifest } of kept) {
    const elsewhere = mkdtempSync(join(folder, 'restored-'))
    restore({ dataDir: elsewhere, database: join(elsewhere, 'chat.db'), file: place.database }, () => {})
    const copy = new Connection(join(elsewhere, 'chat.db'), { readonly: true })
    expect(copy.query('SELECT count(*), max(seq) FROM messages').values()).toEqual([
      [manifest.rows.messages ?? 0, manifest.rows.messages ?? 0],
    ])
    copy.close()
  }
  expect(files().filter(name => name.startsWith('.'))).toEqual(['.lock'])
}, 300_000)

describe('one at a time', () => {
  test('who asks while one is made gets that one', async () => {
    const [one, other] = await Promise.all([backups.run('by hand'), backups.run('daily')])
    expect(other).toEqual(one)
    expect((await backups.list()).backups).toEqual([one])
  })

  test('another process is told whose turn it is', async () => {
    mkdirSync(backups.folder)
    const lock = takeLock(join(backups.folder, '.lock'), String)
    await expect(backups.run('by hand')).rejects.toThrow(`Another backup is being made (process ${process.pid})`)
    expect((await backups.list()).failure?.message).toContain('Another backup')
    lock.release()
    await backups.run('by hand')
    expect((await backups.list()).failure).toBeNull()
  })
})

test('a damaged database is not backed up, and the good backups stay', async () => {
  const good = await backups.run('by hand')
  const [[page] = []] = db.query("SELECT rootpage FROM sqlite_schema WHERE name = 'messages'").values()
  const [[size] = []] = db.query('PRAGMA page_size').values()
  db.close()
  const file = openSync(join(folder, 'chat.db'), 'r+')
  writeSync(file, Buffer.alloc(Number(size), 7), 0, Number(size), (Number(page) - 1) * Number(size))
  closeSync(file)
  await expect(backups.run('by hand')).rejects.toThrow(/damaged/)
  expect((await backups.list()).backups).toEqual([good])
  expect(files()).toHaveLength(4)
})

test('rows that refer to nothing are told, not copied as good', async () => {
  db.run('PRAGMA foreign_keys = OFF')
  db.run("DELETE FROM rooms WHERE id = 'r'")
  await expect(backups.run('by hand')).rejects.toThrow('rows refer to rows that are not there')
  expect(files()).toEqual(['.lock'])
})

describe('what is kept', () => {
  const HOUR = 60 * 60 * 1000
  const now = Date.parse('2026-11-20T12:00:00Z')
  const aged = (...hours: number[]) =>
    hours.map(age => ({
      place: placeOf('/b', `${age}h`),
      manifest: { created_at: new Date(now - age * HOUR).toISOString() },
    })) as Parameters<typeof superfluous>[0]
  const gone = (...hours: number[]) => superfluous(aged(...hours), now).map(({ place }) => place.name)

  test('the ten newest', () => {
    expect(gone(1, 2, 3)).toEqual([])
    expect(gone(...Array.from({ length: 12 }, (_, n) => 25 + n))).toEqual(['35h', '36h'])
  })

  test('whatever a wrong clock has dated ahead, which goes first', () => {
    const ahead = Array.from({ length: 10 }, (_, n) => -1 - n)
    expect(gone(0, ...ahead)).toEqual(['-1h'])
    expect(gone(0, 1, 2, ...ahead)).toEqual(['-3h', '-2h', '-1h'])
  })

  test('and the newest one older than a day, whatever comes after it', () => {
    const crashLoop = Array.from({ length: 15 }, (_, n) => (n + 1) / 60)
    expect(gone(...crashLoop, 26, 50)).toEqual([
      '0.18333333333333332h',
      '0.2h',
      '0.21666666666666667h',
      '0.23333333333333334h',
      '0.25h',
      '50h',
    ])
  })
})
