import { and, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import type { AiRun } from '../../shared/messages.ts'
import type { Query, Tables } from '../db/database.ts'
import { notFound, Problem } from '../http/problems.ts'
import { laterOf } from '../rooms/lists.ts'
import { mutedProblem } from '../rooms/membership.ts'
import type { MemberRow, RoomRow } from '../rooms/present.ts'
import type { MessageRow } from './present.ts'

export type Found = { message: MessageRow; room: RoomRow; membership: MemberRow }

/** The messages of a room that were not cleared away, as of this very query, and of them those after a `seq`. */
export function standingIn({ messages, rooms }: Tables, room_id: string, after = 0): SQL | undefined {
  const cleared_seq = sql`(select ${rooms.cleared_seq} from ${rooms} where ${rooms.id} = ${room_id})`
  return and(eq(messages.room_id, room_id), gt(messages.seq, laterOf(sql`${after}`, cleared_seq)))
}

/** The same for a few that something else than their place leads to: by their place all of the room would be read. */
export function someStandingIn({ messages, rooms }: Tables, room_id: string): SQL | undefined {
  const cleared_seq = sql`(select ${rooms.cleared_seq} from ${rooms} where ${rooms.id} = ${room_id})`
  return sql`+${messages.room_id} = ${room_id} and +${messages.seq} > ${cleared_seq}`
}

/** A message as a member of its room finds it; for everybody else it does not exist. */
export async function messageOf(query: Query, tables: Tables, user_id: string, message_id: string): Promise<Found> {
  const { messages, rooms, room_members } = tables
  const [found] = await query
    .select({ message: messages, room: rooms, membership: room_members })
    .from(messages)
    .innerJoin(rooms, eq(rooms.id, messages.room_id))
    .innerJoin(room_members, and(eq(room_members.room_id, rooms.id), eq(room_members.user_id, user_id)))
    .where(and(eq(messages.id, message_id), isNull(rooms.deleted_at), gt(messages.seq, rooms.cleared_seq)))
  if (!found) throw notFound('message')
  return found
}

/** Throws where a message was deleted: all that is left of it is that there was one. */
export function requireStanding({ deleted_at }: MessageRow): void {
  if (deleted_at !== null) throw new Problem(409, 'message_deleted', 'This message was deleted.')
}

/** The same for who marks it, with a reaction or a pin: a member with a voice, and a message that stands. */
export async function messageToMark(query: Query, tables: Tables, user_id: string, message_id: string): Promise<Found> {
  const found = await messageOf(query, tables, user_id, message_id)
  if (found.membership.is_muted) throw mutedProblem()
  requireStanding(found.message)
  return found
}

/** The same for an agent's answer. */
export async function answerOf(
  query: Query,
  tables: Tables,
  user_id: string,
  message_id: string,
): Promise<Found & { run: AiRun }> {
  const found = await messageOf(query, tables, user_id, message_id)
  const run = found.message.ai
  if (!run || found.message.deleted_at !== null)
    throw new Problem(409, 'not_an_answer', 'This message is no answer of an assistant.')
  return { ...found, run }
}
