import { and, eq, gt, isNull, ne, sql } from 'drizzle-orm'
import type { Viewer } from '../accounts/sessions.ts'
import type { Query, Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { notFound } from '../http/problems.ts'
import { roomOf } from './access.ts'
import type { RoomRow } from './present.ts'

/** Moves the viewer's read position to a message, forwards or back, or before the first one; their other tabs hear of it. */
export async function markRead(
  log: Log,
  tables: Tables,
  { user }: Viewer,
  room_id: string,
  message_id: string | null,
): Promise<void> {
  const { room_members, messages, mentions } = tables
  await log.write(async (tx, emit) => {
    const { room, membership } = await roomOf(tx, tables, user.id, room_id)
    const last_read_seq = message_id === null ? room.cleared_seq : await seqIn(tx, tables, room, message_id)
    if (membership.last_read_seq === last_read_seq) return
    await tx
      .update(room_members)
      .set({ last_read_seq })
      .where(and(eq(room_members.room_id, room_id), eq(room_members.user_id, user.id)))
    const [unread] = await tx
      .select({ n: sql<number>`count(*)`, meant: sql<number>`count(${mentions.user_id})` })
      .from(messages)
      .leftJoin(mentions, and(eq(mentions.message_id, messages.id), eq(mentions.user_id, user.id)))
      .where(
        and(
          eq(messages.room_id, room_id),
          gt(messages.seq, last_read_seq),
          ne(messages.sender_id, user.id),
          isNull(messages.deleted_at),
        ),
      )
    const { n: unread_count = 0, meant: mention_count = 0 } = unread ?? {}
    const data = { room_id, user_id: user.id, message_id, last_read_seq, unread_count, mention_count }
    await emit({ type: 'read.updated', room_id, user_id: user.id, data })
  })
}

async function seqIn(tx: Query, { messages }: Tables, room: RoomRow, message_id: string): Promise<number> {
  const [message] = await tx
    .select({ seq: messages.seq })
    .from(messages)
    .where(and(eq(messages.id, message_id), eq(messages.room_id, room.id), gt(messages.seq, room.cleared_seq)))
  if (!message) throw notFound('message')
  return message.seq
}
