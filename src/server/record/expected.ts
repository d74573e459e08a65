import { Database as Connection } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { knownGeneration } from './generation.ts'
import { hasOutbox, lastNumber, waiting } from './outbox.ts'
import { type Verdict, verifyLog } from './verify.ts'

/** How far the log goes at least by what its database says, which still has what comes after; null where it has none. */
export function expectedEnd(database: string): NonNullable<Verdict['end']> | null {
  if (!existsSync(database)) return null
  let connection: Connection | null = null
  try {
    connection = new Connection(database, { readonly: true, strict: true })
    connection.run('BEGIN')
    const generation = knownGeneration(connection)
    if (!generation || !hasOutbox(connection)) return null
    const { first } = waiting(connection, 0)
    return { generation, number: first === null ? lastNumber(connection) : first - 1 }
  } catch {
    // A damaged database, or one that only its owner can read, is just when the log is needed.
    return null
  } finally {
    connection?.close()
  }
}

/** The log alone cannot tell that its end was cut off; the database that it goes with can. */
export async function verifyWithDatabase(folder: string, database: string): Promise<Verdict> {
  const expected = expectedEnd(database)
  const verdict = await verifyLog(folder)
  const { end } = verdict
  if (!expected) return verdict
  if (end?.generation === expected.generation) {
    if (end.number < expected.number)
      verdict.problems.push(
        `The end is missing: the log ends at change ${end.number}, and the database has written up to change ${expected.number}.`,
      )
  } else if (expectedEnd(database)?.generation !== end?.generation)
    // … and not because a server was started meanwhile.
    verdict.problems.push(
      `The end is missing: the database goes with the generation ${expected.generation}, and the log ends with ${end?.generation ?? 'none'}.`,
    )
  return verdict
}
