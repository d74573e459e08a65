import { and, desc, eq, isNotNull } from 'drizzle-orm'
import type { Message } from '../../shared/messages.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { notFound, Problem } from '../http/problems.ts'
import { roomOf } from '../rooms/access.ts'
import { messageToMark, someStandingIn } from './access.ts'
import { presentMessages } from './present.ts'
import { announce } from './revise.ts'

/** In a room. */
const PINS_MAX = 50

/** Pins a message for everybody in its room, or takes the pin out. What is so already stays so, and nobody is told. */
export async function pin(
  log: Log,
  tables: Tables,
  { user }: Viewer,
  message_id: string,
  wanted: boolean,
): Promise<Message> {
  const { messages } = tables
  return log.write(async (tx, emit) => {
    const { message, room } = await messageToMark(tx, tables, user.id, message_id)
    if ((message.pinned_at !== null) === wanted) {
      const [same] = await presentMessages(tx, tables, [message])
      if (!same) throw notFound('message')
      return same
    }
    const there = await pinned(tx, tables, room.id)
    if (wanted && there.length >= PINS_MAX)
      throw new Problem(409, 'too_many_pins', `A room holds at most ${PINS_MAX} pinned messages. Unpin one first.`)
    // One after the other also within a millisecond: they are shown in the order in which they were pinned.
    const pinned_at = Math.max(Date.now(), (there[0]?.pinned_at ?? 0) + 1)
    const rows = await tx
      .update(messages)
      .set(wanted ? { pinned_at, pinned_by: user.id } : { pinned_at: null, pinned_by: null })
      .where(eq(messages.id, message_id))
      .returning()
    const [changed] = await announce(tx, emit, tables, rows)
    if (!changed) throw notFound('message')
    return changed
  })
}

/** What is pinned in one of the viewer's rooms, the newest pin first. */
export async function listPins({ read, tables }: Database, { user }: Viewer, room_id: string): Promise<Message[]> {
  const { room } = await roomOf(read, tables, user.id, room_id)
  return presentMessages(read, tables, await pinned(read, tables, room.id))
}

function pinned(query: Query, tables: Tables, room_id: string) {
  const { messages } = tables
  return query
    .select()
    .from(messages)
    .where(and(eq(messages.room_id, room_id), isNotNull(messages.pinned_at), someStandingIn(tables, room_id)))
    .orderBy(desc(messages.pinned_at))
}
