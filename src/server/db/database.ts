import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { defineSchema } from './schema.ts'

export type Tables = ReturnType<typeof defineSchema>

/**
 * A drizzle query builder whose queries are awaited. SQLite answers in the same turn and PostgreSQL does not, so nothing
 * may lean on either: no `.get()`, no `.all()`, no `transaction()`.
 */
export type Query = Pick<
  BaseSQLiteDatabase<'async', unknown>,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete'
>

/** The seam between the features and the engine. */
export interface Database {
  readonly tables: Tables
  /** Sees everything that is committed, never what is being written. */
  readonly read: Query
  /**
   * Runs `work` alone, in one transaction, and resolves once it is on disk; when `work` throws, nothing of it happened.
   * Many writes share one commit. Within `work` await the database and nothing else: everybody waits.
   */
  write<T>(work: (tx: Query) => Promise<T>): Promise<T>
  /** Changes when the database is restored, which makes older event ids meaningless. */
  readonly epoch: string
  /** What it has done and what waits, for the metrics. */
  figures(): { writes_total: number; commits_total: number; writes_waiting: number; sql_log_owed: number }
  /** Rejects when the database cannot answer. */
  ping(): Promise<void>
  close(): Promise<void>
}
