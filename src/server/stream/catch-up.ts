import type { Database } from '../db/database.ts'
import type { LastingEvent } from '../events/bus.ts'
import type { Log } from '../events/log.ts'
import { mayRead } from './audience.ts'
import { Batch } from './batch.ts'
import type { Connection } from './connection.ts'
import { controlFrame, lastingFrame } from './frames.ts'

/** Events read at a time for a client that catches up … */
const PAGE = 500
/** … and the most it is brought; beyond that, loading afresh is quicker. */
const CATCH_UP_MAX = 5_000
/** A client that catches up is written to in pieces of about this size, each when the last one has gone out. */
const PIECE = 64 * 1024

type Steps = {
  /** Writes what has gathered for it before. False when the client does not keep up with it. */
  flushOne(connection: Connection): boolean
  /** Called in the very turn in which nothing is missing. */
  goLive(connection: Connection): void
}

/** For newcomers, resumed streams and slow readers alike: what a connection lacks is read from the log. */
export function createCatchUp(db: Database, log: Log, { flushOne, goLive }: Steps) {
  /** In pieces: a client on a slow line takes them one by one, where it would be cut for owing us all of them. */
  function bring(connection: Connection, page: LastingEvent[]): boolean {
    let batch = Batch.empty()
    for (const event of page) {
      if (event.id <= connection.cursor) continue
      batch = batch.with(lastingFrame(db.epoch, event))
      connection.cursor = event.id
      if (batch.size < PIECE) continue
      if (!connection.write(batch.bytes())) return false
      batch = Batch.empty()
    }
    return batch.size === 0 || connection.write(batch.bytes())
  }

  /**
   * Reads on from the log until nothing is missing, and only then, in the same turn, lets the hub speak to it again. A
   * client that does not keep up is left alone until it has drained; then this begins again from where it got to.
   */
  return async function catchUp(connection: Connection): Promise<void> {
    connection.missed = true
    if (connection.catchingUp) return
    connection.catchingUp = true
    try {
      if (!flushOne(connection)) return
      let brought = 0
      while (connection.missed) {
        connection.missed = false
        const page = await log.after(connection.cursor, PAGE, mayRead(db, connection.to))
        if (connection.closed || connection.stalled) return
        brought += page.length
        if (brought > CATCH_UP_MAX) {
          brought = 0
          connection.cursor = await log.head()
          if (!connection.send(controlFrame('reset', { reason: 'too far behind' }))) return
        } else {
          if (!bring(connection, page)) return
          if (page.length === PAGE) connection.missed = true
        }
      }
      goLive(connection)
    } finally {
      connection.catchingUp = false
    }
  }
}
