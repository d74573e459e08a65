import { Database as Connection } from 'bun:sqlite'
import { ordinaryTables, quoted } from '../../src/server/db/tables.ts'

/** Every row of every ordinary table, without what a start or a restore makes of its own. */
export function tablesOf(path: string): Record<string, unknown[]> {
  const db = new Connection(path, { readonly: true })
  try {
    return Object.fromEntries(
      ordinaryTables(db)
        .filter(name => name !== 'record_outbox')
        .map(name => [name, rowsOf(db, name)]),
    )
  } finally {
    db.close()
  }
}

function rowsOf(db: Connection, name: string): unknown[] {
  const rows = db.query<{ key?: string }, []>(`SELECT * FROM ${quoted(name)}`).all()
  return rows.filter(({ key }) => name !== 'meta' || (key !== 'epoch' && !key?.startsWith('sql_log')))
}
