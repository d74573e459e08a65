import { Database as Connection } from 'bun:sqlite'
import { expect } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quoted } from '../../src/server/db/tables.ts'
import { openLog } from '../../src/server/record/read.ts'
import { createRecorder } from '../../src/server/record/recorder.ts'
import { replayLog } from '../../src/server/record/replay.ts'
import { recordedTables } from '../../src/server/record/shape.ts'
import { verifyLog } from '../../src/server/record/verify.ts'

export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'groupchat-record-'))
  return {
    path,
    file: (name: string) => join(path, name),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** Each recorded table with its columns and rows, spelled out to the last bit, in the order of the rows' own words. */
export function contentsOf(path: string): Record<string, string[]> {
  const connection = new Connection(path, { readonly: true })
  try {
    return Object.fromEntries(
      recordedTables(connection).map(({ name, columns }) => {
        const spelled = columns
          .map(column => quoted(column.name))
          .map(
            column =>
              `typeof(${column}) || ' ' || CASE typeof(${column}) WHEN 'real' THEN printf('%!.17g', ${column}) ELSE hex(${column}) END`,
          )
        const rows = connection
          .query<{ row: string }, []>(`SELECT ${spelled.join(` || ' | ' || `)} AS row FROM ${quoted(name)} ORDER BY 1`)
          .all()
        return [name, [columns.map(column => column.name).join(' | '), ...rows.map(({ row }) => row)]]
      }),
    )
  } finally {
    connection.close()
  }
}

/** What the sqlite3 program makes of the whole log, every part and generation one after the other. */
export async function replayBySqlite3(folder: string, target: string) {
  const program = Bun.spawn(['sqlite3', '-bail', target], { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' })
  const log = openLog(folder)
  for (const part of log.parts)
    for await (const { text, whole } of part.lines()) if (whole) program.stdin.write(`${text}\n`)
  log.close()
  program.stdin.end()
  const said = await new Response(program.stderr).text()
  if ((await program.exited) !== 0 || said) throw new Error(`sqlite3 says: ${said}`)
}

const SCHEMA = `CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
  CREATE TABLE notes (id TEXT PRIMARY KEY NOT NULL, body TEXT)`

/** A recorder on a database of notes, as a server has it; what goes wrong gathers in `troubles`. */
export function startRecorder(folder: string, options: { partMax?: number; syncEveryMs?: number } = {}) {
  const [writing, reading] = [connectTo(folder), connectTo(folder)]
  if (recordedTables(writing).length === 0) writing.run(SCHEMA)
  const troubles: string[] = []
  const parts: string[] = []
  const recorder = createRecorder({
    folder,
    writing,
    reading,
    syncEveryMs: 0,
    nudge: async () => writes(() => {}),
    finished: path => parts.push(path),
    trouble: error => troubles.push(error instanceof Error ? error.message : String(error)),
    ...options,
  })
  recorder.settle()
  recorder.open()
  let n = 0
  function writes(work: () => void) {
    writing.run('BEGIN IMMEDIATE')
    try {
      work()
      recorder.forget()
      writing.run('COMMIT')
    } finally {
      if (writing.inTransaction) writing.run('ROLLBACK')
    }
    recorder.wake()
  }
  return {
    recorder,
    writing,
    troubles,
    parts,
    /** Resolves when all of it is on disk and whatever followed from that is done. */
    async notes(count: number, body = 'x'.repeat(200)) {
      writes(() => {
        for (let at = 0; at < count; at++)
          writing.query('INSERT INTO notes VALUES (?, ?)').run(crypto.randomUUID(), `${++n} ${body}`)
      })
      await this.settled()
    },
    async settled() {
      do await Bun.sleep(5)
      while (recorder.owed > 0)
    },
    async stops() {
      await recorder.close()
      writing.close()
      reading.close()
    },
  }
}

export function connectTo(folder: string): Connection {
  const connection = new Connection(join(folder, 'chat.db'), { create: true, readwrite: true, strict: true })
  connection.run('PRAGMA journal_mode = WAL')
  connection.run('PRAGMA synchronous = OFF')
  connection.run('PRAGMA foreign_keys = ON')
  return connection
}

/** The whole log replays to what the database holds, and follows from line to line. */
export async function expectAgreement(folder: string) {
  const target = join(tmpdir(), `groupchat-replayed-${crypto.randomUUID()}.db`)
  await replayLog(folder, target)
  expect(contentsOf(target)).toEqual(contentsOf(join(folder, 'chat.db')))
  expect((await verifyLog(folder)).problems).toEqual([])
  rmSync(target)
}
