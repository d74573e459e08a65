import { Database as Connection } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { readHead } from '../../src/server/record/files.ts'
import { readLine } from '../../src/server/record/line.ts'
import { lastNumber, waiting } from '../../src/server/record/outbox.ts'
import { createRecorder } from '../../src/server/record/recorder.ts'
import { replayLog } from '../../src/server/record/replay.ts'
import { verifyLog } from '../../src/server/record/verify.ts'
import { contentsOf, replayBySqlite3, temporaryFolder } from './support.ts'

/** At full size, 1000 and 200 with kills: `HISTORIES=1000 bun test tests/record/histories.test.ts`; the same again with `SEED=…`. */
const RUNS = Number(process.env.HISTORIES ?? 60)
const SEED = Number(process.env.SEED ?? crypto.getRandomValues(new Int32Array(1))[0])
const KILLS = Math.ceil(RUNS / 5)

const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
  CREATE TABLE notes (id TEXT PRIMARY KEY NOT NULL, body TEXT, flag INTEGER);
  CREATE TABLE figures (room TEXT, day INTEGER, cost REAL, anything, raw BLOB, PRIMARY KEY (room, day)); -- with, a comment
  CREATE TABLE "odd name" ("a ""b""" TEXT UNIQUE, 'c' NUMERIC); -- no key
  CREATE TABLE parents (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE);
  CREATE TABLE children (id TEXT PRIMARY KEY, parent INTEGER REFERENCES parents(id) ON DELETE CASCADE);
  CREATE INDEX notes_flag ON notes (flag);`

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map(value => value.replaceAll(/[\ud800-\udfff]/g, '\ufffd')),
  fc.string({
    unit: fc.constantFrom("'", '"', '\\', '\n', '\r', '-- ', ';', '/*', '*/', '\\n', "''", '🎉', '\u2028', '\0', 'a'),
  }),
)
const real = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, 0, 1e-308, 5e-324, -9.54e-309, 1.7976931348623157e308, 0.1, 1 / 3, 2 ** 53, Infinity, -Infinity),
)
const blob = fc.uint8Array({ maxLength: 12 })
const anything = fc.oneof(text, real, blob, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constant(null))
const key = fc.constantFrom('a', 'b', 'c', "d'")
const small = fc.integer({ min: 1, max: 4 })

type Change = { sql: string; values: (string | number | bigint | Uint8Array | null)[] }
const change = fc.oneof(
  fc.record({
    sql: fc.constantFrom(
      'INSERT OR REPLACE INTO notes VALUES (?, ?, ?)',
      'INSERT OR IGNORE INTO notes VALUES (?, ?, ?)',
    ),
    values: fc.tuple(key, text, small),
  }),
  // Fails where the key is taken, and keeps the rows before that one.
  fc.record({
    sql: fc.constant('INSERT OR FAIL INTO notes VALUES (?, ?, ?), (?, ?, ?), (?, ?, ?)'),
    values: fc.tuple(key, text, small, key, text, small, key, text, small),
  }),
  fc.record({ sql: fc.constant('UPDATE notes SET body = ? WHERE id = ?'), values: fc.tuple(text, key) }),
  fc.record({
    sql: fc.constant('UPDATE OR REPLACE notes SET id = ?, flag = flag WHERE id = ?'),
    values: fc.tuple(key, key),
  }),
  fc.record({ sql: fc.constant('DELETE FROM notes WHERE flag = ?'), values: fc.tuple(small) }),
  fc.record({
    sql: fc.constant('INSERT OR REPLACE INTO figures VALUES (?, ?, ?, ?, ?)'),
    values: fc.tuple(key, small, real, anything, blob),
  }),
  fc.record({
    sql: fc.constant('UPDATE figures SET cost = ?, anything = ? WHERE day = ?'),
    values: fc.tuple(real, anything, small),
  }),
  fc.record({ sql: fc.constant('UPDATE figures SET cost = -cost'), values: fc.constant([]) }),
  fc.record({ sql: fc.constant('INSERT OR REPLACE INTO "odd name" VALUES (?, ?)'), values: fc.tuple(text, anything) }),
  fc.record({
    sql: fc.constant('DELETE FROM "odd name" WHERE rowid % 2 = ?'),
    values: fc.tuple(fc.constantFrom(0, 1)),
  }),
  fc.record({ sql: fc.constant('INSERT INTO parents (name) VALUES (?)'), values: fc.tuple(text) }),
  fc.record({ sql: fc.constant('UPDATE parents SET name = upper(name) WHERE id = ?'), values: fc.tuple(small) }),
  fc.record({
    sql: fc.constant('INSERT OR REPLACE INTO children VALUES (?, (SELECT max(id) FROM parents))'),
    values: fc.tuple(key),
  }),
  fc.record({ sql: fc.constant('DELETE FROM parents WHERE id = ?'), values: fc.tuple(small) }),
) as fc.Arbitrary<Change>
type Step =
  | { kind: 'ours' | 'rolled back' | 'theirs'; changes: Change[]; forgets: boolean }
  | { kind: 'wait' | 'restart'; changes?: never; forgets?: never }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ours' as const),
      changes: fc.array(change, { minLength: 1, maxLength: 5 }),
      forgets: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rolled back' as const),
      changes: fc.array(change, { minLength: 1, maxLength: 5 }),
      forgets: fc.constant(false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('theirs' as const),
      changes: fc.array(change, { minLength: 1, maxLength: 5 }),
      forgets: fc.constant(false),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'wait' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
)

/** A database with a recorder, another program at the same file, and what a step of a history does to them. */
function play(folder: string, partMax: number) {
  const path = join(folder, 'chat.db')
  const connect = () => {
    const connection = new Connection(path, { create: true, strict: true })
    connection.run('PRAGMA journal_mode = WAL')
    connection.run('PRAGMA synchronous = OFF')
    connection.run('PRAGMA foreign_keys = ON')
    return connection
  }
  const theirs = connect()
  let writing = connect()
  let reading = connect()
  if (writing.query(`SELECT 1 FROM sqlite_schema WHERE name = 'notes'`).all().length === 0) writing.run(SCHEMA)
  let recorder = start()

  function start() {
    const own = createRecorder({
      folder,
      writing,
      reading,
      partMax,
      syncEveryMs: 0,
      nudge: async () => transact(writing, [], own.forget),
      finished: () => {},
      trouble: error => {
        throw error
      },
    })
    own.settle()
    own.open()
    return own
  }
  function transact(connection: Connection, changes: Change[], within: () => void, end = 'COMMIT') {
    connection.run('BEGIN IMMEDIATE')
    for (const { sql, values } of changes)
      try {
        connection.query(sql).run(...values)
      } catch (error) {
        if (!sql.includes('OR FAIL')) throw error
      }
    within()
    connection.run(end)
  }
  async function stop() {
    await recorder.close()
    writing.close()
    reading.close()
  }

  return {
    async does(one: Step) {
      if (one.kind === 'wait') return Bun.sleep(2)
      if (!one.changes) {
        await stop()
        writing = connect()
        reading = connect()
        recorder = start()
        return
      }
      const connection = one.kind === 'theirs' ? theirs : writing
      transact(
        connection,
        one.changes,
        one.forgets ? recorder.forget : () => {},
        one.kind === 'rolled back' ? 'ROLLBACK' : 'COMMIT',
      )
      recorder.wake()
    },
    async ends() {
      await stop()
      theirs.close()
    },
  }
}

async function agrees(folder: string, bySqlite3: boolean) {
  const live = contentsOf(join(folder, 'chat.db'))
  await replayLog(folder, join(folder, 'replayed.db'))
  expect(contentsOf(join(folder, 'replayed.db'))).toEqual(live)
  expect((await verifyLog(folder)).problems).toEqual([])
  if (!bySqlite3) return
  await replayBySqlite3(folder, join(folder, 'by-sqlite3.db'))
  expect(contentsOf(join(folder, 'by-sqlite3.db'))).toEqual(live)
}

const history = fc.array(step, { minLength: 1, maxLength: 25 })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const damage = fc.record({ kind: fc.constantFrom('cut' as const, 'hole' as const), from: share, to: share })
type Damage = typeof damage extends fc.Arbitrary<infer Value> ? Value : never
const sizes = fc.constantFrom(2_000, 20_000, 1_000_000)
let played = 0

test(`${RUNS} random histories replay to the same rows, seed ${SEED}`, async () => {
  await fc.assert(
    fc.asyncProperty(history, sizes, async (steps, partMax) => {
      const folder = temporaryFolder()
      try {
        const stage = play(folder.path, partMax)
        for (const one of steps) await stage.does(one)
        await stage.ends()
        await agrees(folder.path, played++ % 10 === 0)
      } finally {
        folder.remove()
      }
    }),
    { numRuns: RUNS, seed: SEED },
  )
}, 600_000)

test(`${KILLS} histories that a kill cuts short between two steps go on to agree, seed ${SEED}`, async () => {
  await fc.assert(
    fc.asyncProperty(history, history, sizes, damage, async (before, after, partMax, harm) => {
      const folder = temporaryFolder()
      try {
        const [first, second] = [folder.file('first'), folder.file('second')]
        mkdirSync(first)
        const stage = play(first, partMax)
        for (const one of before) await stage.does(one)
        // What lies on the disk at this moment is what a kill leaves; what was not synced may be there in part.
        cpSync(first, second, { recursive: true })
        await stage.ends()
        tear(second, harm)
        const next = play(second, partMax)
        for (const one of after) await next.does(one)
        await next.ends()
        await agrees(second, false)
      } finally {
        folder.remove()
      }
    }),
    { numRuns: KILLS, seed: SEED },
  )
}, 600_000)

/** Cuts the log, or leaves a hole in it, anywhere behind what the outbox has already forgotten or another file goes before. */
function tear(folder: string, { kind, from, to }: Damage) {
  const connection = new Connection(join(folder, 'chat.db'))
  const last = lastNumber(connection)
  const { first } = waiting(connection, 0)
  connection.close()
  const path = join(folder, 'backup.sql')
  const bytes = readFileSync(path)
  const lines = bytes.toString('utf8').split('\n')
  const safe = Math.max(first === null ? last : first - 1, readHead(lines[0] ?? '')?.number ?? 0)
  let kept = 0
  let at = 0
  for (const line of lines) {
    at += Buffer.byteLength(line) + 1
    if ((readLine(line)?.id ?? 0) <= safe) kept = Math.min(at, bytes.length)
    else break
  }
  const place = (share: number) => kept + Math.floor((bytes.length - kept) * share)
  if (kind === 'cut') truncateSync(path, place(from))
  else writeFileSync(path, bytes.fill(0, place(Math.min(from, to)), place(Math.max(from, to))))
}
