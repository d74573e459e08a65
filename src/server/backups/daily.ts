import type { Logger } from '../http/logger.ts'
import type { Backups } from './backups.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** A start has better things to do first; and whatever crashes within a minute over and over backs up nothing. */
const SETTLE_MS = 60 * 1000
const LOOK_MS = 10 * 60 * 1000

/**
 * Backs up once a day, counted from the newest backup there is, so that restarts change nothing. A failure is tried again at
 * the next look. Returns what ends it.
 */
export function startDaily(backups: Pick<Backups, 'list' | 'run'>, logger: Logger, begun = Date.now()): () => void {
  async function look() {
    try {
      if (!isDue((await backups.list()).backups[0]?.created_at, begun, Date.now())) return
      const { name, database_bytes } = await backups.run('daily')
      logger.info('backed up', { name, database_bytes })
    } catch (error) {
      logger.error('the daily backup failed', { error })
    }
  }
  const first = setTimeout(look, SETTLE_MS)
  const timer = setInterval(look, LOOK_MS)
  return () => {
    clearTimeout(first)
    clearInterval(timer)
  }
}

/** Without a backup: a day after the database was begun. A clock that was set back by more than a day does not stop it. */
export function isDue(newest: string | undefined, begun: number, now: number): boolean {
  const from = newest === undefined ? begun : Date.parse(newest)
  return Math.abs(now - from) >= DAY_MS
}
