import type { Database as Connection } from 'bun:sqlite'
import { drizzle } from 'drizzle-orm/bun-sqlite'
import { migrate as applyMigrations } from 'drizzle-orm/bun-sqlite/migrator'

const MIGRATIONS = new URL('../../../drizzle', import.meta.url).pathname

/**
 * Applies what is new under `drizzle/`. Rebuilding a table means dropping it, and with foreign keys on that deletes every
 * row that refers to it: the pragma in the migration itself does nothing, because drizzle runs it inside a transaction.
 * So foreign keys are off before that transaction begins, and afterwards nothing may be missing or dangling.
 */
export function migrate(connection: Connection, folder = MIGRATIONS) {
  connection.run('PRAGMA foreign_keys = OFF')
  const before = countRows(connection)
  applyMigrations(drizzle({ client: connection }), { migrationsFolder: folder })
  const after = countRows(connection)
  for (const [table, rows] of before) {
    const left = after.get(table)
    if (left !== undefined && left < rows) throw new Error(`A migration lost ${rows - left} rows of ${table}`)
  }
  const dangling = connection.query('PRAGMA foreign_key_check').all()
  if (dangling.length > 0) throw new Error(`A migration left ${dangling.length} rows that refer to nothing`)
  connection.run('PRAGMA foreign_keys = ON')
}

/** Of ordinary tables. A full-text index is a virtual one and keeps its pages in shadow tables, whose rows it merges as it likes. */
function countRows(connection: Connection) {
  const tables = connection
    .query<{ name: string }, []>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
       AND name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table')`,
    )
    .all()
  return new Map(
    tables.map(({ name }) => {
      const count = connection
        .query<{ n: number }, []>(`SELECT count(*) AS n FROM "${name.replaceAll('"', '""')}"`)
        .get()
      return [name, count?.n ?? 0] as const
    }),
  )
}
