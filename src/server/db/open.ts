import { isAbsolute, join } from 'node:path'
import type { Database } from './database.ts'
import { type OpenOptions, openSqlite } from './sqlite.ts'

/** The only place that knows which engine stands behind a URL. `sqlite:chat.db?mode=rwc` lies under `dataDir`. */
export async function openDatabase(url: string, dataDir: string, options: OpenOptions = {}): Promise<Database> {
  return openSqlite(sqlitePath(url, dataDir), { folder: dataDir, ...options })
}

/** Null for a URL of another engine. */
export function sqlitePath(url: string, dataDir: string): string {
  const file = decodeURIComponent(url.replace(/^sqlite:(\/\/)?/, '').replace(/\?.*$/, ''))
  return isAbsolute(file) ? file : join(dataDir, file)
}
