import type { Tables } from '../db/database.ts'
import type { Finder } from './finder.ts'
import { sqliteFinder } from './sqlite.ts'
import { sqliteIndex } from './sqlite-index.ts'
import type { TextIndex } from './text-index.ts'

/** The only place that knows which engine's full-text search it is. */
export function openFinder(tables: Tables): Finder {
  return sqliteFinder(tables)
}

export function openIndex(tables: Tables): TextIndex {
  return sqliteIndex(tables)
}
