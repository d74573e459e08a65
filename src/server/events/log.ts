import { and, asc, desc, gt, lte, type SQL, sql } from 'drizzle-orm'
import type { LastingData, LastingType } from '../../shared/events.ts'
import type { Database, Query } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import type { Bus, LastingEvent } from './bus.ts'

export type NewEvent = {
  [T in LastingType]: {
    type: T
    /** Goes to the members of this room … */
    room_id?: string
    /** … or to this person alone … */
    user_id?: string
    /** … and to the one it is about, member or not. Of an event about a message, that message. */
    subject_id?: string
    data: LastingData[T]
  }
}[LastingType]

export type Emit = (event: NewEvent) => Promise<void>

export type Log = ReturnType<typeof createLog>

/** Everything lasting that happened, in the order in which it was committed. */
export function createLog(db: Database, bus: Bus) {
  const { events } = db.tables

  return {
    /**
     * A change and the events that report it, in one transaction, announced once both are on disk.
     * The only way to change what clients see.
     */
    async write<T>(change: (tx: Query, emit: Emit) => Promise<T>): Promise<T> {
      const emitted: LastingEvent[] = []
      const result = await db.write(tx =>
        change(tx, async event => {
          const row = {
            type: event.type,
            room_id: event.room_id ?? null,
            user_id: event.user_id ?? null,
            subject_id: event.subject_id ?? null,
            data: event.data,
            created_at: Date.now(),
          }
          const [inserted] = await append(tx, db.tables).execute(row)
          if (!inserted) throw new Error('The log did not take an event')
          emitted.push({ ...row, id: inserted.id } as LastingEvent)
        }),
      )
      for (const event of emitted) bus.publish({ kind: 'lasting', event })
      return result
    },

    /** At most `limit` events after `cursor`, oldest first; `only` narrows them to what an audience may see. */
    async after(cursor: number, limit: number, only?: SQL): Promise<LastingEvent[]> {
      const rows = await db.read
        .select()
        .from(events)
        .where(and(gt(events.id, cursor), only))
        .orderBy(asc(events.id))
        .limit(limit)
      return rows as LastingEvent[]
    },

    /** The id of the newest event, 0 before the first. */
    async head(): Promise<number> {
      const [newest] = await db.read.select({ id: events.id }).from(events).orderBy(desc(events.id)).limit(1)
      return newest?.id ?? 0
    },

    /** The id of the oldest event that is still kept, 0 before the first. */
    async tail(): Promise<number> {
      const [oldest] = await db.read.select({ id: events.id }).from(events).orderBy(asc(events.id)).limit(1)
      return oldest?.id ?? 0
    },

    /** The id of the newest event that is at least as old as `instant`. */
    async headAt(instant: number): Promise<number> {
      const [newest] = await db.read
        .select({ id: events.id })
        .from(events)
        .where(lte(events.created_at, instant))
        .orderBy(desc(events.id))
        .limit(1)
      return newest?.id ?? 0
    },
  }
}

const append = prepared((tx, { events }) =>
  tx
    .insert(events)
    .values({
      type: sql.placeholder('type'),
      room_id: sql.placeholder('room_id'),
      user_id: sql.placeholder('user_id'),
      subject_id: sql.placeholder('subject_id'),
      data: sql.placeholder('data'),
      created_at: sql.placeholder('created_at'),
    })
    .returning({ id: events.id })
    .prepare(),
)
