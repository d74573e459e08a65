import type { Database as Connection } from 'bun:sqlite'
import { ordinaryTables } from '../db/tables.ts'

/** Where the triggers put what is to be written to the log, until it is there. */
export const OUTBOX = 'record_outbox'

/** Tables made of others, such as the search index: they are built anew where they are missing, and not recorded. */
const DERIVED = /^search_/

export const isDerived = (name: string) => DERIVED.test(name)
/** Whether a statement is about derived tables. */
export const isAboutDerived = (sql: string) => /[`"'\s(.]search_/.test(sql)

export type Column = { name: string; affinity: 'text' | 'integer' | 'other' }
/** `key`: the columns that tell a row from the others; `rowid` where nothing else does. */
export type Shape = { name: string; sql: string; columns: Column[]; key: string[] }

/** The tables whose rows are recorded. */
export function recordedTables(connection: Connection): Shape[] {
  return ordinaryTables(connection)
    .filter(name => name !== OUTBOX && !isDerived(name))
    .map(name => ({ name, sql: definition(connection, name), ...columnsOf(connection, name) }))
}

/** Indexes, views and triggers that are the database's own. */
export function otherSchema(connection: Connection): string[] {
  const rows = connection
    .query<{ name: string; tbl_name: string; sql: string }, []>(
      `SELECT name, tbl_name, sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL ORDER BY rowid`,
    )
    .all()
  return rows
    .filter(({ name, tbl_name }) => !name.startsWith('record_') && !isDerived(name) && !isDerived(tbl_name))
    .map(({ sql }) => sql)
}

function definition(connection: Connection, name: string): string {
  const [row] = connection.query<{ sql: string }, [string]>('SELECT sql FROM sqlite_schema WHERE name = ?').all(name)
  return row?.sql ?? ''
}

function columnsOf(connection: Connection, table: string): Pick<Shape, 'columns' | 'key'> {
  const rows = connection
    .query<{ name: string; type: string; pk: number; hidden: number }, [string]>(
      'SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)',
    )
    .all(table)
    // 2 and 3: generated from others.
    .filter(({ hidden }) => hidden === 0)
  const key = rows.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk)
  return {
    columns: rows.map(({ name, type }) => ({ name, affinity: affinityOf(type) })),
    key: key.length > 0 ? key.map(({ name }) => name) : ['rowid'],
  }
}

/** As https://sqlite.org/datatype3.html decides it, as far as it matters here. */
function affinityOf(type: string): Column['affinity'] {
  const name = type.toUpperCase()
  if (name.includes('INT')) return 'integer'
  return /CHAR|CLOB|TEXT/.test(name) ? 'text' : 'other'
}
