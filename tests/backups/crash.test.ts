import { Database as Connection } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBackups } from '../../src/server/backups/backups.ts'
import { backUpBeforeUpdate } from '../../src/server/backups/before-update.ts'
import { makeBackup } from '../../src/server/backups/copy.ts'
import { isDue } from '../../src/server/backups/daily.ts'
import { listBackups, placeOf } from '../../src/server/backups/manifest.ts'
import { restore } from '../../src/server/backups/restore.ts'
import { createLogger } from '../../src/server/http/logger.ts'
import { smallDatabase } from './database.ts'
import { tablesOf } from './tables.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-backups-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (dataDir = folder) => createBackups({ dataDir, database: join(dataDir, 'chat.db') })
const files = () => readdirSync(join(folder, 'backups')).filter(name => name !== '.lock' && !name.startsWith('.lock-'))

/** Whose lock it is. */
function holderOf(path: string): number | null {
  const lock = new Connection(path, { readonly: true })
  const holder = lock.query<{ pid: number }, []>('SELECT pid FROM holder').get()
  lock.close()
  return holder?.pid ?? null
}

/** Unless it has just ended by itself. */
function kill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {}
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Large enough that a backup takes a while. */
function addBallast(db: Connection, megabytes: number) {
  db.run('PRAGMA synchronous = OFF')
  db.run('CREATE TABLE ballast (bytes BLOB NOT NULL)')
  db.run('BEGIN')
  for (let n = 0; n < megabytes; n++) db.run('INSERT INTO ballast VALUES (randomblob(1000000))')
  db.run('COMMIT')
}

describe('a backup that is killed', () => {
  test('at any moment leaves nothing that is listed, and nothing at all after the next', async () => {
    const db = smallDatabase(folder)
    addBallast(db, 24)
    mkdirSync(join(folder, 'backups'))
    const partials = () => files().filter(name => name.startsWith('.partial-'))
    let leftovers = 0
    for (const later of [0, 30, 80, 160]) {
      const running = open().run('by hand').catch(String)
      while (partials().length === 0) await Bun.sleep(1)
      const pid = holderOf(join(folder, 'backups/.lock'))
      await Bun.sleep(later)
      if (pid) kill(pid)
      await running
      leftovers += partials().length
      for (const { place } of await listBackups(open().folder)) {
        const copy = new Connection(place.database, { readonly: true })
        expect(copy.query('SELECT count(*) FROM ballast').values()).toEqual([[24]])
        copy.close()
      }
    }
    expect(leftovers).toBeGreaterThan(0)
    open().sweep()
    expect(partials()).toEqual([])
    const { name } = await open().run('by hand')
    expect(files()).toEqual(expect.arrayContaining([`${name}.db`, `${name}.json`, `${name}.uploads`]))
    db.close()
  }, 15_000)

  test('along with the server that wanted it, even while it is held back, lets go of the folder', async () => {
    const db = smallDatabase(folder)
    addBallast(db, 48)
    db.close()
    const program = `
      const { createBackups } = await import(${JSON.stringify(join(import.meta.dir, '../../src/server/backups/backups.ts'))})
      await createBackups({ dataDir: ${JSON.stringify(folder)}, database: ${JSON.stringify(join(folder, 'chat.db'))} }).run('by hand')`
    const server = Bun.spawn([process.execPath, '-e', program], { stdout: 'ignore', stderr: 'ignore' })
    const lock = join(folder, 'backups/.lock')
    const growing = () => files().some(name => name.startsWith('.partial-'))
    while (!existsSync(lock) || !growing()) await Bun.sleep(1)
    const pid = holderOf(lock)
    if (!pid) throw new Error('Nobody makes the backup')
    process.kill(pid, 'SIGSTOP')
    server.kill('SIGKILL')
    await server.exited
    while (lives(pid)) await Bun.sleep(5)
    const { name } = await open().run('by hand')
    expect((await open().list()).backups.map(backup => backup.name)).toEqual([name])
  })

  test('between its last steps is swept, and what is no leftover is not', async () => {
    smallDatabase(folder).close()
    const { name } = await open().run('by hand')
    // As it is when the database is not yet in its place …
    const place = placeOf(open().folder, 'groupchat-2026-01-01T00-00-00Z')
    const partial = join(open().folder, '.partial-groupchat-2026-01-01T00-00-00Z')
    mkdirSync(partial)
    mkdirSync(place.pictures)
    writeFileSync(join(partial, 'name'), place.name)
    cpSync(placeOf(open().folder, name).manifest, place.manifest)
    // … and a copy that somebody put there.
    writeFileSync(join(open().folder, 'groupchat-2025-01-01T00-00-00Z.db'), 'by hand')
    expect((await open().list()).backups.map(backup => backup.name)).toEqual([name])
    open().sweep()
    expect(files().sort()).toEqual(
      [`${name}.db`, `${name}.json`, `${name}.uploads`, 'groupchat-2025-01-01T00-00-00Z.db'].sort(),
    )
  })
})

test('fifteen starts in a crash loop keep the last good backup of before', async () => {
  const db = smallDatabase(folder)
  const good = await open().run('daily')
  const place = placeOf(open().folder, good.name)
  const yesterday = new Date(Date.now() - 26 * 60 * 60 * 1000)
  const manifest = JSON.parse(readFileSync(place.manifest, 'utf8'))
  writeFileSync(place.manifest, JSON.stringify({ ...manifest, created_at: yesterday.toISOString() }))
  utimesSync(place.database, yesterday, yesterday)
  db.run("UPDATE messages SET content = 'what a bad update made of it'")

  const update = { schema: '0000_begin', pending: 1, unknown: 0 }
  for (let start = 0; start < 15; start++) await backUpBeforeUpdate(open(), update, createLogger('error'))
  db.close()

  const { backups } = await open().list()
  expect(backups.map(({ reason }) => reason)).toEqual([...Array(10).fill('before an update'), 'daily'])
  restore({ dataDir: folder, database: join(folder, 'chat.db'), file: good.name }, () => {})
  expect(tablesOf(join(folder, 'chat.db')).messages).toMatchObject([{ content: 'hi' }, { content: 'hi' }])
}, 15_000)

test('a start that changes nothing waits for no backup; one that does, not without', async () => {
  const db = smallDatabase(folder)
  const logger = createLogger('error')
  await backUpBeforeUpdate(open(), null, logger)
  await backUpBeforeUpdate(open(), { schema: '0006_x', pending: 0, unknown: 0 }, logger)
  expect((await open().list()).backups).toEqual([])
  db.run('PRAGMA foreign_keys = OFF')
  db.run('DELETE FROM rooms')
  db.close()
  const update = backUpBeforeUpdate(open(), { schema: '0005_x', pending: 1, unknown: 0 }, logger)
  await expect(update).rejects.toThrow(
    'The database has to be brought up to date, and is not touched without a backup.',
  )
})

test('the next daily one is counted from the newest there is', () => {
  const at = (hour: number) => Date.parse('2026-11-20T00:00:00Z') + hour * 3_600_000
  const newest = new Date(at(0)).toISOString()
  expect([isDue(newest, at(20), at(23)), isDue(newest, at(23.9), at(24))]).toEqual([false, true])
  expect([isDue(undefined, at(0), at(23)), isDue(undefined, at(0), at(24))]).toEqual([false, true])
  // A database that was there before, and no backup of it.
  expect(isDue(undefined, 0, at(0))).toBe(true)
  // The clock was an hour ahead, or a year.
  expect([isDue(newest, 0, at(-1)), isDue(newest, 0, at(-8760))]).toEqual([false, true])
})

/** A file system of so many megabytes; null where mounting is not allowed. */
function mountSmall(path: string, megabytes: number): (() => void) | null {
  mkdirSync(path)
  const mounted = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
  return mounted.success ? () => void Bun.spawnSync(['umount', path]) : null
}
const probe = join(tmpdir(), `groupchat-mount-${process.pid}`)
const unmount = mountSmall(probe, 1)
unmount?.()
rmSync(probe, { recursive: true, force: true })

// Mounting takes root.
describe.skipIf(unmount === null)('a disk that is full', () => {
  let small: string
  let end: (() => void) | null
  beforeEach(() => {
    small = join(folder, 'small')
  })
  afterEach(() => end?.())

  test('in the middle of copying the database: said in words, and nothing is left', async () => {
    end = mountSmall(small, 48)
    const db = smallDatabase(small)
    addBallast(db, 20)
    db.run('PRAGMA wal_checkpoint(TRUNCATE)')
    writeFileSync(join(small, 'filler'), Buffer.alloc(20_000_000))
    const backups = join(small, 'backups')
    mkdirSync(backups)
    const place = placeOf(backups, 'groupchat-2026-01-01T00-00-00Z')
    // Without the look beforehand whether there is room.
    const job = { source: join(small, 'chat.db'), uploads: join(small, 'uploads'), folder: backups, place }
    const attempt = () => makeBackup({ ...job, reason: 'by hand', version: '0' }, () => {})
    expect(attempt).toThrow('database or disk is full')
    expect(readdirSync(backups)).toEqual([])
    expect(db.query('SELECT count(*) FROM messages').values()).toEqual([[2]])
    rmSync(join(small, 'filler'))
    attempt()
    expect(await listBackups(backups)).toHaveLength(1)
    db.close()
  })

  test('in the middle of copying pictures from another disk: the same', async () => {
    end = mountSmall(small, 48)
    const db = smallDatabase(small)
    const elsewhere = join(folder, 'uploads/chat-images')
    mkdirSync(elsewhere, { recursive: true })
    writeFileSync(join(elsewhere, 'large.png'), Buffer.alloc(60_000_000))
    symlinkSync(join(folder, 'uploads'), join(small, 'uploads'))
    db.run(
      "INSERT INTO uploads VALUES ('1', 'u', 'r', NULL, 'chat-images/large.png', 'o', 'image/png', 3, 1, 1, 1, NULL)",
    )
    const backups = open(small)
    await expect(backups.run('by hand')).rejects.toThrow(/^The disk is full\. Make room where the backups are kept/)
    expect((await backups.list()).failure?.message).toStartWith('The disk is full.')
    expect(readdirSync(join(small, 'backups'))).toEqual(['.lock'])
    writeFileSync(join(elsewhere, 'large.png'), 'not so large')
    expect(await backups.run('by hand')).toMatchObject({ pictures: 1, picture_bytes: 12 })
    db.close()
  })

  test('beforehand: nothing is begun, and what is missing is said', async () => {
    end = mountSmall(small, 40)
    const db = smallDatabase(small)
    addBallast(db, 20)
    db.run('PRAGMA wal_checkpoint(TRUNCATE)')
    await expect(open(small).run('by hand')).rejects.toThrow(
      /^There is not enough room for a backup: it takes up to 20\.\d MB/,
    )
    expect((await open(small).list()).backups).toEqual([])
    db.close()
  })
})
