import { Database as Connection } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { type SchemaState, schemaState } from './migrate.ts'

/** How the database in this file stands to this program; null where there is none yet. Changes nothing. */
export function inspectDatabase(path: string): SchemaState | null {
  if (!existsSync(path)) return null
  const connection = new Connection(path, { readonly: true })
  try {
    const [table] = connection.query("SELECT 1 FROM sqlite_schema WHERE type = 'table'").all()
    return table ? schemaState(connection) : null
  } finally {
    connection.close()
  }
}
