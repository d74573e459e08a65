import { Database as Connection } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { ordinaryTables, quoted } from '../db/tables.ts'
import { readHead } from './files.ts'
import { chained, readLine } from './line.ts'
import { type LogPart, openLog } from './read.ts'

/** Changes that share a commit. */
const BATCH = 2_000

export type Replayed = { generation: string; changes: number; tables: Map<string, number> }

export class ReplayError extends Error {}

/**
 * Makes a database out of the latest generation of the log, checking each line on the way. What `sqlite3 new.db < backup.sql`
 * does for a log of one part, for any number of them.
 */
export async function replayLog(
  folder: string,
  target: string,
  progress: (changes: number) => void = () => {},
): Promise<Replayed> {
  if (existsSync(target)) throw new ReplayError(`${target} exists already. Name a file that does not.`)
  const log = openLog(folder)
  try {
    return await replayParts(await latestGeneration(folder, log.parts), target, progress)
  } finally {
    log.close()
  }
}

async function replayParts(parts: LogPart[], target: string, progress: (changes: number) => void): Promise<Replayed> {
  const connection = new Connection(target, { create: true, readwrite: true, strict: true })
  let changes = 0
  let hash: string | null = null
  let generation = ''
  try {
    connection.run('PRAGMA synchronous = OFF')
    for (const part of parts) {
      let number = 0
      for await (const { text, whole } of part.lines()) {
        number++
        // Torn off by a crash: what it would have said is still in the outbox of the database itself.
        if (!whole && part.current) break
        if (number === 1) {
          const head = readHead(text)
          if (!head || (hash !== null && head.previous !== hash)) throw broken(part, number)
          hash = head.previous
          generation = head.generation
          continue
        }
        const line = readLine(text)
        if (!line || chained(hash ?? '', line.id, line.sql) !== line.hash) throw broken(part, number)
        hash = line.hash
        if (line.id !== 0 && changes++ % BATCH === 0) {
          if (connection.inTransaction) connection.run('COMMIT')
          connection.run('BEGIN')
          progress(changes)
        }
        connection.run(line.sql)
      }
    }
    if (connection.inTransaction) connection.run('COMMIT')
    const tables = rowsOf(connection)
    return { generation, changes, tables }
  } finally {
    connection.close()
  }
}

async function latestGeneration(folder: string, parts: LogPart[]): Promise<LogPart[]> {
  const found: { part: LogPart; generation: string }[] = []
  for (const part of parts) {
    for await (const { text } of part.lines()) {
      const head = readHead(text)
      if (head) found.push({ part, generation: head.generation })
      break
    }
  }
  const last = found.at(-1)
  if (!last) throw new ReplayError(`There is no SQL log in ${folder}.`)
  return found.filter(({ generation }) => generation === last.generation).map(({ part }) => part)
}

function broken({ name }: LogPart, number: number): ReplayError {
  return new ReplayError(`${name} is damaged at line ${number}; \`groupchat log verify\` tells more.`)
}

function rowsOf(connection: Connection): Map<string, number> {
  return new Map(
    ordinaryTables(connection).map(name => {
      const [row] = connection.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${quoted(name)}`).all()
      return [name, row?.n ?? 0]
    }),
  )
}
