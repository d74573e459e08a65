import { existsSync, mkdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Database } from '../db/database.ts'
import { inspectDatabase } from '../db/inspect.ts'
import { NewerDatabaseError } from '../db/migrate.ts'
import { openDatabase, sqlitePath } from '../db/open.ts'
import { type Env, keepLoopbackDirect, readEnv } from '../env.ts'
import { lockDataDir } from '../lock.ts'
import { Refusal } from './refusal.ts'

export type Place = { env: Env; dataDir: string; database: string }

/** Which GroupChat is meant. Everything that is written from here on is its owner's alone. */
export function findPlace(): Place {
  const env = readEnv()
  process.umask(0o077)
  keepLoopbackDirect()
  const place = { env, dataDir: env.DATA_DIR, database: sqlitePath(env.DATABASE_URL, env.DATA_DIR) }
  requireOwner(place.database)
  return place
}

/** What root makes beside the database, a server that runs as somebody else could not read. */
function requireOwner(database: string) {
  if (process.getuid?.() !== 0 || !existsSync(database)) return
  const { uid } = statSync(database)
  if (uid !== 0)
    throw new Refusal(
      `${database} belongs to the user ${uid}, and this is root. Run it as that user: sudo -u '#${uid}' bun run groupchat …`,
    )
}

/** Refuses where there is no database yet. */
export function requireDatabase({ dataDir, database }: Place) {
  const state = inspectDatabase(database)
  if (!state)
    throw new Refusal(
      `There is no database in ${resolve(dataDir)} yet. Is DATA_DIR right? If it is: groupchat migrate makes one.`,
    )
  return state
}

/** The database, beside a server that may be running on it. Its schema is left as it is. */
export async function withDatabase<T>(place: Place, work: (db: Database) => Promise<T>): Promise<T> {
  const { pending, unknown } = requireDatabase(place)
  if (unknown > 0) throw new NewerDatabaseError(unknown)
  if (pending > 0) throw new Refusal('The database has to be brought up to date first: groupchat migrate.')
  const db = await openDatabase(place.env.DATABASE_URL, place.dataDir)
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

/** Work that nobody else may be in the way of: not while a server runs. */
export async function alone<T>({ dataDir }: Place, work: () => Promise<T>): Promise<T> {
  mkdirSync(dataDir, { recursive: true })
  const lock = lockDataDir(dataDir)
  try {
    return await work()
  } finally {
    lock.release()
  }
}
