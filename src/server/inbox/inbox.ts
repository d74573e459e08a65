import { and, desc, eq, gt, isNull, lt } from 'drizzle-orm'
import type { Inbox, InboxQuery } from '../../shared/inbox.ts'
import type { Database } from '../db/database.ts'
import { presentMessages } from '../messages/present.ts'
import { describeRooms } from '../rooms/lists.ts'

/** What is meant for the viewer by name in the rooms they are in now, newest first. */
export async function readInbox(
  { read, tables }: Database,
  user_id: string,
  { before, limit }: InboxQuery,
): Promise<Inbox> {
  const { mentions, messages, rooms, room_members } = tables
  const found = await read
    .select({ reason: mentions.reason, message: messages, room: rooms, last_read_seq: room_members.last_read_seq })
    .from(mentions)
    .innerJoin(messages, eq(messages.id, mentions.message_id))
    .innerJoin(rooms, eq(rooms.id, messages.room_id))
    .innerJoin(room_members, and(eq(room_members.room_id, rooms.id), eq(room_members.user_id, user_id)))
    .where(
      and(
        eq(mentions.user_id, user_id),
        before === undefined ? undefined : lt(mentions.message_id, before),
        isNull(rooms.deleted_at),
        gt(messages.seq, rooms.cleared_seq),
      ),
    )
    .orderBy(desc(mentions.message_id))
    .limit(limit + 1)
  const page = found.slice(0, limit)
  const places = await describeRooms(
    read,
    tables,
    page.map(({ room }) => room),
  )
  const presented = await presentMessages(
    read,
    tables,
    page.map(({ message }) => message),
  )
  const byId = new Map(presented.map(message => [message.id, message]))
  const items = page.flatMap(({ reason, message: { id, seq }, room, last_read_seq }) => {
    const [message, place] = [byId.get(id), places.get(room.id)]
    return message && place ? [{ message, room: place, reason, is_unread: seq > last_read_seq }] : []
  })
  return { items, has_more: found.length > limit }
}
