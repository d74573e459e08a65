import { Database as Connection } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { eq } from 'drizzle-orm'
import type { Database } from '../../src/server/db/database.ts'
import { openDatabase } from '../../src/server/db/open.ts'
import type { OpenOptions } from '../../src/server/db/sqlite.ts'
import { replayLog } from '../../src/server/record/replay.ts'
import { verifyLog } from '../../src/server/record/verify.ts'
import { Person } from '../support/person.ts'
import { startTestServer } from '../support/server.ts'
import { contentsOf, replayBySqlite3, temporaryFolder } from './support.ts'

let folder: ReturnType<typeof temporaryFolder>
let db: Database | null = null
let n = 0
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await close()
  folder.remove()
})

async function open(options: OpenOptions = {}) {
  const trouble = (error: unknown) => {
    throw error
  }
  db = await openDatabase('sqlite:chat.db', folder.path, { sqlLog: 'on', trouble, ...options })
  return db
}
async function close() {
  await db?.close()
  db = null
}
const log = () => readFileSync(folder.file('backup.sql'), 'utf8')

const person = (display_name: string) => ({
  id: `person-${++n}`,
  kind: 'human' as const,
  display_name,
  handle: `handle-${n}`,
  role: 'member' as const,
  created_at: 1,
})
const add = async (name: string) => {
  const row = person(name)
  await db?.write(async tx => void (await tx.insert(db?.tables.users as never).values(row as never)))
  return row
}

/** Both ways of replaying give what the database holds. */
async function agrees() {
  const replayed = [folder.file(`replayed-${++n}.db`), folder.file(`replayed-${++n}.db`)] as const
  await replayLog(folder.path, replayed[0])
  await replayBySqlite3(folder.path, replayed[1])
  const live = contentsOf(folder.file('chat.db'))
  expect(contentsOf(replayed[0])).toEqual(live)
  expect(contentsOf(replayed[1])).toEqual(live)
  expect(await verifyLog(folder.path)).toMatchObject({ problems: [], torn: false })
}

describe('the SQL log', () => {
  test('makes the same database again, from inserts, updates and deletes of every kind of text', async () => {
    const { write, tables } = await open()
    const names = [
      "O'Hara",
      'two\nlines',
      'back\\n\r\nslash',
      '-- no comment; DROP TABLE users;',
      '"quoted"',
      '🎉 ünïcödé',
      '\u2028',
      '',
    ]
    const rows: { id: string }[] = []
    for (const name of names) rows.push(await add(name))
    await write(async tx => {
      await tx
        .update(tables.users)
        .set({ display_name: 'changed\n', email: 'a@b.c' })
        .where(eq(tables.users.id, rows[1]?.id ?? ''))
      await tx.delete(tables.users).where(eq(tables.users.id, rows[2]?.id ?? ''))
    })
    await close()
    await agrees()
    expect(statSync(folder.file('backup.sql')).mode & 0o777).toBe(0o600)
  })

  test('is written while the server runs, and says nothing of what was rolled back', async () => {
    const { write, tables } = await open()
    const failed = write(async tx => {
      await tx.insert(tables.users).values(person('Never there'))
      throw new Error('no')
    })
    expect(failed).rejects.toThrow('no')
    await add('Really there')
    while (!log().includes('Really there')) await Bun.sleep(1)
    expect(log()).not.toContain('Never there')
    await agrees()
  })

  test('takes along what another program writes into the file', async () => {
    await open()
    const other = Bun.spawnSync([
      'sqlite3',
      folder.file('chat.db'),
      `PRAGMA foreign_keys=ON; INSERT INTO users (id, kind, display_name, handle, role, created_at) VALUES ('x', 'human', 'From outside', 'x', 'member', 1);
       INSERT INTO rooms (id, name, model_id, ai_mode, system_prompt, visibility, created_by, created_at) VALUES ('r', 'Theirs', 'm', 'off', '', 'public', 'x', 1);
       INSERT INTO messages (id, room_id, seq, hash, sender_id, content, mentions, status, created_at) VALUES ('m', 'r', 1, 'h', 'x', 'said', '[]', 'complete', 1), ('n', 'r', 2, 'h', 'x', 'unsaid', '[]', 'complete', 1);
       UPDATE messages SET content = 'said otherwise' WHERE id = 'm';
       DELETE FROM messages WHERE id = 'n';
       DELETE FROM rooms WHERE id = 'r';
       INSERT OR REPLACE INTO users (id, kind, display_name, handle, role, created_at) VALUES ('y', 'human', 'In its place', 'x', 'member', 1);`,
    ])
    expect(other.stderr.toString()).toBe('')
    while (!log().includes('In its place')) await Bun.sleep(5)
    await agrees()
  })

  test('goes on after a start, and after a crash with what the outbox still holds', async () => {
    await open()
    await add('Before')
    await close()
    await open()
    await add('After')
    await close()
    const generation = log().split('\n')[0]
    // As a crash leaves it: committed, but the file ends before it, in the middle of a line.
    const connection = new Connection(folder.file('chat.db'))
    connection.run(
      `INSERT INTO users (id, kind, display_name, handle, role, created_at) VALUES ('c', 'human', 'Committed', 'c', 'member', 1)`,
    )
    connection.close()
    appendFileSync(folder.file('backup.sql'), 'INSERT INTO "users" VALUES (\'torn')
    expect(await verifyLog(folder.path)).toMatchObject({ problems: [], torn: true })
    await open()
    expect(log()).toContain('Committed')
    expect(log()).not.toContain('torn')
    expect(log().split('\n')[0]).toBe(generation as string)
    await close()
    await agrees()
  })

  test('finds what was written twice or only in part at a crash', async () => {
    await open()
    for (let i = 0; i < 20; i++) await add(`Person ${i}`)
    await close()
    const whole = log()
    // The database has forgotten nothing that the file does not hold: cut inside what the outbox may still have.
    const db = new Connection(folder.file('chat.db'))
    const kept = whole.split('\n').slice(0, -4)
    const lost = whole.split('\n').slice(-4, -1)
    for (const line of lost) {
      const [, id] = /; -- (\d+) /.exec(line) ?? []
      db.query('INSERT INTO record_outbox (id, sql) VALUES (?, ?)').run(Number(id), line.replace(/; -- .*$/, ''))
    }
    db.close()
    writeFileSync(folder.file('backup.sql'), `${kept.join('\n')}\n${lost[0]?.slice(0, 30)}`)
    await open()
    await close()
    expect(log()).toBe(whole)
    await agrees()
  })

  test('begins anew where the file is gone, cut short or of another database, and keeps what there was', async () => {
    await open()
    await add('First')
    await close()
    truncateSync(folder.file('backup.sql'), statSync(folder.file('backup.sql')).size - 40)
    const troubles: string[] = []
    await open({ trouble: error => troubles.push(String(error)) })
    expect(troubles).toEqual([
      expect.stringMatching(/it ends at change \d+ instead of \d+\. It begins anew with the whole/),
    ])
    await add('Second')
    await close()
    await agrees()
    const parts = readdirSync(folder.path).filter(name => name.startsWith('backup.sql.'))
    expect(parts).toHaveLength(1)
    await open({ sqlLog: 'off' })
    await add('While it was off')
    await close()
    await open()
    await close()
    expect(log()).toContain('While it was off')
    await agrees()
  })

  test('that is off leaves nothing behind in the database', async () => {
    await open()
    await close()
    await open({ sqlLog: 'off' })
    const connection = new Connection(folder.file('chat.db'))
    expect(connection.query(`SELECT name FROM sqlite_schema WHERE name LIKE 'record%'`).all()).toEqual([])
    connection.close()
    await close()
  })

  test('is put away compressed when it is full, and its parts make one log', async () => {
    await open({ partMax: 40_000 })
    for (let i = 0; i < 300; i++) await add(`Person ${i} `.repeat(20))
    while (readdirSync(folder.path).filter(name => name.endsWith('.gz')).length < 2) {
      await add('one more')
      await Bun.sleep(5)
    }
    await close()
    expect(existsSync(folder.file('backup.sql'))).toBe(true)
    await agrees()
  })

  test('does not keep a stop waiting until a large part is compressed', async () => {
    const part = folder.file('backup.sql.20260101T000000000Z.000000')
    const bytes = crypto.getRandomValues(new Uint8Array(65_536))
    writeFileSync(part, Buffer.concat(Array.from({ length: 800 }, () => bytes)))
    await open()
    while (!existsSync(`${part}.gz.new`)) await Bun.sleep(1)
    await close()
    expect(readdirSync(folder.path).filter(name => name.includes('.000000'))).toEqual([basename(part)])
  })

  test('shows each kind of tampering', async () => {
    await open()
    await add('Ada owes nothing')
    await add('Grace')
    await close()
    const whole = log()
    const verdict = async (text: string) => {
      writeFileSync(folder.file('backup.sql'), text)
      return (await verifyLog(folder.path)).problems
    }
    expect(await verdict(whole)).toEqual([])
    expect(await verdict(whole.replace('Ada owes nothing', 'Ada owes a million'))).not.toEqual([])
    const lines = whole.split('\n')
    const at = lines.findIndex(line => line.includes('Ada owes'))
    expect(await verdict(lines.toSpliced(at, 1).join('\n'))).not.toEqual([])
    expect(await verdict(lines.toSpliced(at, 0, lines[at] ?? '').join('\n'))).not.toEqual([])
    expect(await verdict(lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? '').join('\n'))).not.toEqual([])
    writeFileSync(folder.file('backup.sql'), whole.replace('Ada owes nothing', 'Ada owes a million'))
    expect(replayLog(folder.path, folder.file('no.db'))).rejects.toThrow(/damaged/)
  })
})

test('a server starts on what was replayed, and finds what was said in it', async () => {
  const server = await startTestServer()
  const ada = await server.person('Ada')
  const room = await ada.creates()
  await ada.says(room, 'The heron stands in the reeds')
  const said = await ada.says(room, 'This was a mistake')
  await ada.must('DELETE', `/api/messages/${said.id}`)
  await server.halt()
  const replayed = temporaryFolder()
  await replayLog(server.dataDir, replayed.file('chat.db'))
  copyFileSync(join(server.dataDir, '.jwt-secret'), replayed.file('.jwt-secret'))
  const next = await startTestServer({ dataDir: replayed.path })
  const again = new Person(next.url, ada.user, ada.token)
  expect((await again.reads(room)).map(({ content }) => content)).toEqual(['The heron stands in the reeds', ''])
  const { results } = await again.must<{ results: unknown[] }>('GET', '/api/search?q=heron')
  expect(results).toHaveLength(1)
  await next.stop()
  rmSync(server.dataDir, { recursive: true })
})
