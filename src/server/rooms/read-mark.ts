import { and, eq, gt, isNull, ne, sql } from 'drizzle-orm'
import type { Viewer } from '../accounts/sessions.ts'
import type { Query, Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { notFound } from '../http/problems.ts'
import { roomOf } from './access.ts'
import { UNREAD_MAX } from './lists.ts'
import type { RoomRow } from './present.ts'

/** Moves the viewer's read position to a message, forwards or back, or before the first one; their other tabs hear of it. */
export async function markRead(
  log: Log,
  tables: Tables,
  { user }: Viewer,
  room_id: string,
  message_id: string | null,
): Promise<void> {
  const { room_members } = tables
  await log.write(async (tx, emit) => {
    const { room, membership } = await roomOf(tx, tables, user.id, room_id)
    const last_read_seq = message_id === null ? room.cleared_seq : await seqIn(tx, tables, room, message_id)
    if (membership.last_read_seq === last_read_seq) return
    await tx
      .update(room_members)
      .set({ last_read_seq })
      .where(and(eq(room_members.room_id, room_id), eq(room_members.user_id, user.id)))
    const unread = await unreadAfter(tx, tables, room_id, user.id, last_read_seq)
    const data = { room_id, user_id: user.id, message_id, last_read_seq, ...unread }
    await emit({ type: 'read.updated', room_id, user_id: user.id, data })
  })
}

async function unreadAfter(tx: Query, { messages, mentions }: Tables, room_id: string, user_id: string, seq: number) {
  const unread = tx
    .select({ one: sql`1` })
    .from(messages)
    .where(
      and(
        eq(messages.room_id, room_id),
        gt(messages.seq, seq),
        ne(messages.sender_id, user_id),
        isNull(messages.deleted_at),
      ),
    )
    .limit(UNREAD_MAX)
  const meant = tx
    .select({ one: sql`1` })
    .from(mentions)
    .where(and(eq(mentions.user_id, user_id), eq(mentions.room_id, room_id), gt(mentions.seq, seq)))
    .limit(UNREAD_MAX)
  const [counted] = await tx
    .select({
      unread_count: sql<number>`(select count(*) from ${unread})`,
      mention_count: sql<number>`(select count(*) from ${meant})`,
    })
    .from(sql`(select 1)`)
  return counted ?? { unread_count: 0, mention_count: 0 }
}

async function seqIn(tx: Query, { messages }: Tables, room: RoomRow, message_id: string): Promise<number> {
  const [message] = await tx
    .select({ seq: messages.seq })
    .from(messages)
    .where(and(eq(messages.id, message_id), eq(messages.room_id, room.id), gt(messages.seq, room.cleared_seq)))
  if (!message) throw notFound('message')
  return message.seq
}
