import type { Database as Connection } from 'bun:sqlite'
import { OUTBOX } from './shape.ts'
import { fingerprint, installTriggers, removeTriggers } from './triggers.ts'

/** Of `meta`: which generation of the log goes with this database, and of which tables it tells. A restored database has neither. */
const GENERATION = 'sql_log_generation'
const TABLES = 'sql_log_tables'

export function knownGeneration(connection: Connection): string | null {
  return knownOf(connection, GENERATION)
}

/** Whether the tables are those that the generation began with, and so are what is recorded of them and how. */
export function tellsOfTheseTables(connection: Connection): boolean {
  return knownOf(connection, TABLES) === fingerprint(connection)
}

/** A name for the one that begins now, after those of all that began before. */
export function newGeneration(): string {
  return `${new Date().toISOString().replace(/[-:.]/g, '').slice(0, 18)}Z`
}

export function beginRecording(connection: Connection, generation: string) {
  removeTriggers(connection)
  note(connection, GENERATION, generation)
  note(connection, TABLES, fingerprint(connection))
  installTriggers(connection)
}

/** While the tables are changed: a column that a trigger reads cannot be dropped. What is recorded next begins a generation. */
export function pauseRecording(connection: Connection) {
  removeTriggers(connection)
  if (hasTable(connection, 'meta')) connection.query('DELETE FROM meta WHERE key = ?').run(TABLES)
}

/** Without a log: what the triggers would leave would never be fetched. The next log begins a generation. */
export function stopRecording(connection: Connection) {
  removeTriggers(connection)
  connection.run(`DROP TABLE IF EXISTS ${OUTBOX}`)
  connection.query('DELETE FROM meta WHERE key IN (?, ?)').run(GENERATION, TABLES)
}

function knownOf(connection: Connection, key: string): string | null {
  if (!hasTable(connection, 'meta')) return null
  const [row] = connection.query<{ value: string }, [string]>('SELECT value FROM meta WHERE key = ?').all(key)
  return row?.value ?? null
}

function note(connection: Connection, key: string, value: string) {
  connection.query('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(key, value)
}

function hasTable(connection: Connection, name: string): boolean {
  return connection.query('SELECT 1 FROM sqlite_schema WHERE name = ?').all(name).length > 0
}
