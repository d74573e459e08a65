import { index, integer, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'

/**
 * The few words in which the schema is written. Each engine spells them once; what they mean is the same on both:
 * `instant` is epoch milliseconds, `json` is kept as text (jsonb through Bun's driver would be encoded twice),
 * `sequence` counts up by one with each committed row.
 */
export const sqliteKit = {
  table: sqliteTable,
  text: () => text(),
  choice: <const T extends [string, ...string[]]>(...values: T) => text({ enum: values }),
  integer: () => integer(),
  real: () => real(),
  flag: () => integer({ mode: 'boolean' }),
  instant: () => integer({ mode: 'number' }),
  json: <T>() => text({ mode: 'json' }).$type<T>(),
  sequence: () => integer().primaryKey({ autoIncrement: true }),
  index,
  unique,
  primaryKey,
}

/** The types come from SQLite's spelling; another engine's kit is cast to it in one place. */
export type ColumnKit = typeof sqliteKit
