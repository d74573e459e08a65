import type { Database } from '../db/database.ts'
import type { Bus } from '../events/bus.ts'
import type { Logger } from '../http/logger.ts'
import type { Taken, TextIndex } from './text-index.ts'

/** What is posted waits so long for company … */
const GATHER_MS = 250
/** … and where more waits than one write takes, the posts have the writer to themselves in between. */
const PAUSE_MS = 10
/** How often it is looked whether the bus has kept something back. */
const CHECK_MS = 2_000
/** The most messages that a search waits for. */
const AHEAD_MAX = 2_000

export type Indexer = ReturnType<typeof createIndexer>

type Parts = { db: Database; bus: Bus; index: TextIndex; logger: Logger; checkMs?: number }

/**
 * Makes what was said findable, behind the posts, so that nobody who posts waits for it. What waits is on disk: after a crash
 * it is taken at the next start.
 */
export function createIndexer({ db, bus, index, logger, checkMs = CHECK_MS }: Parts) {
  let timer: ReturnType<typeof setTimeout> | null = null
  let taking: Promise<Taken | null> | null = null
  let working: Promise<void> = Promise.resolve()
  let stopped = false

  const unsubscribe = bus.subscribe(signal => {
    if (signal.kind !== 'lasting') return
    if (signal.event.type === 'message.created' || signal.event.type === 'message.updated') later(GATHER_MS)
  })
  const checking = setInterval(() => later(0), checkMs)
  later(0)

  function later(ms: number) {
    if (stopped) return
    timer ??= setTimeout(() => {
      working = work()
    }, ms)
  }

  async function work() {
    let more = false
    try {
      more = (await index.newest(db.read)) !== null && (await take()) !== null
    } catch (error) {
      failed(error)
    }
    timer = null
    if (more) later(PAUSE_MS)
  }

  function failed(error: unknown) {
    logger.error('messages could not be made findable', { error })
  }

  /** One write at a time, whoever asks for it. */
  function take(): Promise<Taken | null> {
    taking ??= db
      .write(tx => index.take(tx))
      .finally(() => {
        taking = null
      })
    return taking
  }

  return {
    /** Resolves when what was posted before can be found; all but it where a great deal waits, or nothing can be written. */
    async catchUp(): Promise<void> {
      try {
        const newest = await index.newest(db.read)
        if (newest === null) return
        for (let left = AHEAD_MAX; left > 0; ) {
          const taken = await take()
          if (!taken || taken.upTo >= newest) return
          left -= taken.count
        }
      } catch (error) {
        failed(error)
      }
    },
    async stop() {
      stopped = true
      unsubscribe()
      clearInterval(checking)
      if (timer) clearTimeout(timer)
      await working
    },
  }
}
