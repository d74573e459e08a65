import type { Database as Connection } from 'bun:sqlite'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import { pauseRecording } from '../record/generation.ts'
import { isAboutDerived } from '../record/shape.ts'
import { ordinaryTables, quoted } from './tables.ts'

const MIGRATIONS = new URL('../../../drizzle', import.meta.url).pathname

/** What drizzle keeps: one row a migration, told apart by the time at which it was written. */
const JOURNAL = `CREATE TABLE IF NOT EXISTS __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`

/** The database has changes that this program does not know: using it could lose what they hold. */
export class NewerDatabaseError extends Error {
  constructor(readonly unknown: number) {
    super(
      `This database was last used by a newer GroupChat: it has ${unknown === 1 ? 'a change' : `${unknown} changes`} that this version does not know.\n` +
        'Start the newer version, or bring back a backup that this version made (groupchat backups, groupchat restore).',
    )
  }
}

export type SchemaState = {
  /** The newest migration that was applied, by its name; null before the first. */
  schema: string | null
  /** How many this program would apply. */
  pending: number
  /** How many were applied that this program does not know. */
  unknown: number
}

/** How the database's schema stands to this program. Changes nothing. */
export function schemaState(connection: Connection, folder = MIGRATIONS): SchemaState {
  const applied = appliedMigrations(connection)
  const known = readJournal(folder)
  const times = new Set(known.map(({ when }) => when))
  return {
    schema: known.findLast(({ when }) => applied.has(when))?.tag ?? null,
    pending: known.filter(({ when }) => !applied.has(when)).length,
    unknown: [...applied].filter(when => !times.has(when)).length,
  }
}

/**
 * Applies what is new under `drizzle/`, all of it or nothing. Rebuilding a table means dropping it, and with foreign keys on
 * that deletes every row that refers to it: the pragma in the migration itself does nothing within a transaction. So foreign
 * keys are off before that transaction begins, and it is committed only when no row is missing and none refers to nothing.
 */
export function migrate(connection: Connection, folder = MIGRATIONS) {
  const { pending, unknown } = schemaState(connection, folder)
  if (unknown > 0) throw new NewerDatabaseError(unknown)
  const migrations = () => readMigrationFiles({ migrationsFolder: folder })
  if (pending > 0) withoutForeignKeys(connection, () => apply(connection, migrations()))
  else if (lacksDerived(connection)) withoutForeignKeys(connection, () => derive(connection, migrations()))
}

/** A database that was made from the SQL log has all that was said, but no index of it. */
function lacksDerived(connection: Connection): boolean {
  return connection.query("SELECT 1 FROM sqlite_schema WHERE name = 'search_index'").all().length === 0
}

function derive(connection: Connection, migrations: MigrationMeta[]) {
  for (const statement of migrations.flatMap(({ sql }) => sql)) if (isAboutDerived(statement)) connection.run(statement)
}

function withoutForeignKeys(connection: Connection, work: () => void) {
  connection.run('PRAGMA foreign_keys = OFF')
  connection.run('BEGIN IMMEDIATE')
  try {
    work()
    connection.run('COMMIT')
  } catch (error) {
    if (connection.inTransaction) connection.run('ROLLBACK')
    throw error
  } finally {
    connection.run('PRAGMA foreign_keys = ON')
  }
}

function apply(connection: Connection, migrations: MigrationMeta[]) {
  pauseRecording(connection)
  connection.run(JOURNAL)
  const applied = appliedMigrations(connection)
  const before = countRows(connection)
  const danglingBefore = countDangling(connection)
  for (const { sql, hash, folderMillis } of migrations) {
    if (applied.has(folderMillis)) continue
    for (const statement of sql) connection.run(statement)
    connection.run('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)', [hash, folderMillis])
  }
  const after = countRows(connection)
  for (const [table, rows] of before) {
    const left = after.get(table)
    if (left !== undefined && left < rows) throw new Error(`A migration lost ${rows - left} rows of ${table}`)
  }
  const dangling = countDangling(connection) - danglingBefore
  if (dangling > 0) throw new Error(`A migration left ${dangling} rows that refer to nothing`)
}

function appliedMigrations(connection: Connection): Set<number> {
  const [journal] = connection.query("SELECT 1 FROM sqlite_schema WHERE name = '__drizzle_migrations'").all()
  if (!journal) return new Set()
  const rows = connection.query<{ created_at: number }, []>('SELECT created_at FROM __drizzle_migrations').all()
  return new Set(rows.map(({ created_at }) => Number(created_at)))
}

function readJournal(folder: string): { when: number; tag: string }[] {
  return JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')).entries
}

function countDangling(connection: Connection): number {
  return connection.query('PRAGMA foreign_key_check').all().length
}

function countRows(connection: Connection) {
  return new Map(
    ordinaryTables(connection).map(name => {
      const count = connection.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${quoted(name)}`).get()
      return [name, count?.n ?? 0] as const
    }),
  )
}
