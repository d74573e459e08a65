import type { Database as Connection } from 'bun:sqlite'
import { OUTBOX } from './shape.ts'

export type Change = { id: number; sql: string }

/** Where the triggers put what is to be written to the log. Its ids count the changes, without a gap, and never begin anew. */
export function makeOutbox(connection: Connection) {
  connection.run(`CREATE TABLE IF NOT EXISTS ${OUTBOX} (id INTEGER PRIMARY KEY AUTOINCREMENT, sql TEXT NOT NULL)`)
  // SQLite makes this row with the first insert, unless that one fails in part: see `emptyOutbox`.
  connection
    .query(
      `INSERT INTO sqlite_sequence (name, seq) SELECT $name, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = $name)`,
    )
    .run({ name: OUTBOX })
}

export function hasOutbox(connection: Connection): boolean {
  return connection.query('SELECT 1 FROM sqlite_schema WHERE name = ?').all(OUTBOX).length > 0
}

/** The last one that the outbox has given out, also when it is empty. */
export function lastNumber(connection: Connection): number {
  const [row] = connection
    .query<{ last: number }, [string]>(
      `SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0), coalesce((SELECT max(id) FROM ${OUTBOX}), 0)) AS last`,
    )
    .all(OUTBOX)
  return row?.last ?? 0
}

/** What is still there of the changes after this one. */
export function waiting(connection: Connection, after: number): { first: number | null; count: number } {
  const [row] = connection
    .query<{ first: number | null; count: number }, [number]>(
      `SELECT min(id) AS first, count(*) AS count FROM ${OUTBOX} WHERE id > ?`,
    )
    .all(after)
  return row ?? { first: null, count: 0 }
}

export function changesAfter(connection: Connection, after: number, limit: number): Change[] {
  return connection
    .query<Change, [number, number]>(`SELECT id, sql FROM ${OUTBOX} WHERE id > ? ORDER BY id LIMIT ?`)
    .all(after, limit)
}

/**
 * An `INSERT OR FAIL` that fails in part leaves rows of which SQLite does not note that their ids are used. Without them it
 * would give out the same ids again, so it is noted for it first.
 */
export function emptyOutbox(connection: Connection, upTo: number) {
  connection
    .query('UPDATE sqlite_sequence SET seq = $upTo WHERE name = $name AND seq < $upTo')
    .run({ upTo, name: OUTBOX })
  connection.query(`DELETE FROM ${OUTBOX} WHERE id <= ?`).run(upTo)
}
