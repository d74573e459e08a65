import { and, inArray, isNull, lt, min } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import type { Logger } from '../http/logger.ts'
import type { Files } from './files.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Paths looked up in one query. */
const AT_ONCE = 500

/** Removes pictures that nobody posted within a day, and files that a crash left without a row. */
export async function sweep(db: Database, files: Files, now = Date.now()) {
  const { uploads, users } = db.tables
  const before = now - DAY_MS
  const unposted = await db.write(tx =>
    tx
      .delete(uploads)
      .where(and(isNull(uploads.message_id), lt(uploads.created_at, before)))
      .returning({ path: uploads.path }),
  )
  for (const { path } of unposted) await files.drop(path)

  // Files from before this database's first account belong to another one, which somebody may want to put back.
  const [{ born } = { born: null }] = await db.read.select({ born: min(users.created_at) }).from(users)
  const written = born === null ? [] : await files.between(born, before)
  let unnamed = 0
  for (let at = 0; at < written.length; at += AT_ONCE) {
    const some = written.slice(at, at + AT_ONCE)
    const named = await namesOf(db, some)
    for (const path of some.filter(path => !named.has(path))) {
      await files.drop(path)
      unnamed++
    }
  }
  return { unposted: unposted.length, unnamed }
}

async function namesOf({ read, tables: { uploads, users } }: Database, paths: string[]): Promise<Set<string>> {
  const pictures = await read.select({ path: uploads.path }).from(uploads).where(inArray(uploads.path, paths))
  const urls = paths.map(path => `/uploads/${path}`)
  const avatars = await read.select({ url: users.avatar_url }).from(users).where(inArray(users.avatar_url, urls))
  return new Set([
    ...pictures.map(({ path }) => path),
    ...avatars.map(({ url }) => url?.slice('/uploads/'.length) ?? ''),
  ])
}

/** Sweeps now and then once a day. Returns what ends it. */
export function startSweeping(db: Database, files: Files, logger: Logger): () => Promise<void> {
  const run = async () => {
    try {
      const swept = await sweep(db, files)
      if (swept.unposted + swept.unnamed > 0) logger.info('swept pictures', swept)
    } catch (error) {
      logger.error('sweeping pictures failed', { error })
    }
  }
  let underWay = run()
  const timer = setInterval(() => {
    underWay = run()
  }, DAY_MS)
  return async () => {
    clearInterval(timer)
    await underWay
  }
}
