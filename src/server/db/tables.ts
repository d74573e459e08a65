import type { Database as Connection } from 'bun:sqlite'

/**
 * The tables that hold rows of their own, by name. A full-text index is a virtual table and keeps its pages in shadow tables,
 * whose rows it merges as it likes.
 */
export function ordinaryTables(connection: Connection): string[] {
  return connection
    .query<{ name: string }, []>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
       AND name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table') ORDER BY name`,
    )
    .all()
    .map(({ name }) => name)
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
