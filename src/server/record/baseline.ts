import type { Database as Connection } from 'bun:sqlite'
import { quoted } from '../db/tables.ts'
import { otherSchema, recordedTables, type Shape } from './shape.ts'
import { spelled } from './spelled.ts'

/**
 * The database as statements that make it out of nothing: what a generation of the log begins with. Tables of the same
 * names go first, so that generations can be replayed one after the other.
 */
export function* baseline(connection: Connection): Generator<string> {
  const tables = recordedTables(connection)
  // Nobody waits for the disk while a log is replayed; who replays it waits for the end.
  yield 'PRAGMA synchronous = OFF'
  yield 'PRAGMA foreign_keys = OFF'
  yield 'BEGIN'
  for (const { name } of tables) yield `DROP TABLE IF EXISTS ${quoted(name)}`
  for (const { sql } of tables) yield flat(sql)
  for (const shape of tables) yield* rowsOf(connection, shape)
  for (const sql of otherSchema(connection)) yield flat(sql)
  yield* sequences(connection, tables)
  yield 'COMMIT'
}

const PIECE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|\s+/g

/** The schema as somebody wrote it, without their line breaks and comments. */
function flat(sql: string): string {
  return sql.replace(PIECE, piece => (/^(--|\/\*|\s)/.test(piece) ? ' ' : piece))
}

function* rowsOf(connection: Connection, { name, columns, key }: Shape): Generator<string> {
  const names = [...(key[0] === 'rowid' ? ['rowid'] : []), ...columns.map(column => column.name)].map(quoted)
  const values = names.map(spelled)
  const rows = connection.prepare<{ line: string }, []>(
    `SELECT ${values.join(` || ', ' || `)} AS line FROM ${quoted(name)}`,
  )
  const head = `INSERT INTO ${quoted(name)} (${names.join(', ')}) VALUES (`
  try {
    for (const { line } of rows.iterate()) yield `${head}${line})`
  } finally {
    rows.finalize()
  }
}

/** How far the counting tables have counted, which their rows alone do not tell. */
function* sequences(connection: Connection, tables: Shape[]): Generator<string> {
  const exists = connection.query(`SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'`).get()
  if (!exists) return
  const names = new Set(tables.map(({ name }) => name))
  const rows = connection.query<{ name: string; seq: number }, []>('SELECT name, seq FROM sqlite_sequence').all()
  for (const { name, seq } of rows) {
    if (!names.has(name)) continue
    const quoted = `'${name.replaceAll("'", "''")}'`
    yield `DELETE FROM sqlite_sequence WHERE name = ${quoted}`
    yield `INSERT INTO sqlite_sequence (name, seq) VALUES (${quoted}, ${seq})`
  }
}
