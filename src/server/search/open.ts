import type { Tables } from '../db/database.ts'
import type { Finder } from './finder.ts'
import { sqliteFinder } from './sqlite.ts'

/** The only place that knows which engine's full-text search it is. */
export function openFinder(tables: Tables): Finder {
  return sqliteFinder(tables)
}
