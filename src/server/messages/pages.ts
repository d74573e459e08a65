import { and, asc, desc, eq, gt, inArray, isNull, lte, ne } from 'drizzle-orm'
import type { MessageInRoom, MessagePage, MessagePageQuery } from '../../shared/messages.ts'
import type { Database } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { writePosition } from '../events/position.ts'
import { invalid, notFound } from '../http/problems.ts'
import { describeRoom } from '../rooms/lists.ts'
import type { MemberRow } from '../rooms/present.ts'
import { someStandingIn, standingIn } from './access.ts'
import { type MessageRow, presentMessages } from './present.ts'

/** One page of a room that the caller has found through the viewer's membership. Without an anchor: the newest messages. */
export async function readPage(
  db: Database,
  log: Log,
  { user_id, room_id, last_read_seq }: MemberRow,
  query: MessagePageQuery,
): Promise<MessagePage> {
  const anchors = [query.before, query.after, query.around, query.at].filter(id => id !== undefined)
  if (anchors.length > 1) throw invalid('before', 'Give only one of before, after, around and at.')
  // The position first: what is posted in between is then in the page, or comes over the stream, or both. Never neither.
  const cursor = writePosition(db.epoch, await log.head())
  const anchor = query.at
    ? await firstUnread(db, room_id, user_id, last_read_seq)
    : anchors[0] === undefined
      ? null
      : await seqOf(db, room_id, anchors[0])
  const { rows, more_before, more_after } = await readAround(db, room_id, anchor, query)
  const quoted = await quotedBy(db, room_id, rows)
  return {
    messages: await presentMessages(db.read, db.tables, rows),
    quoted: await presentMessages(db.read, db.tables, quoted),
    has_more_before: more_before,
    has_more_after: more_after,
    cursor,
  }
}

type Slice = { rows: MessageRow[]; more_before: boolean; more_after: boolean }

async function readAround(
  db: Database,
  room_id: string,
  anchor: number | null,
  query: MessagePageQuery,
): Promise<Slice> {
  const { limit } = query
  if (anchor === null) {
    const rows = await older(db, room_id, Number.MAX_SAFE_INTEGER, limit + 1)
    return { rows: rows.slice(-limit), more_before: rows.length > limit, more_after: false }
  }
  if (query.before) {
    const rows = await older(db, room_id, anchor - 1, limit + 1)
    return { rows: rows.slice(-limit), more_before: rows.length > limit, more_after: true }
  }
  if (query.after) {
    const rows = await newer(db, room_id, anchor, limit + 1)
    return { rows: rows.slice(0, limit), more_before: true, more_after: rows.length > limit }
  }
  const half = Math.ceil(limit / 2)
  const upTo = await older(db, room_id, anchor, half + 1)
  const then = await newer(db, room_id, anchor, limit - half + 1)
  return {
    rows: [...upTo.slice(-half), ...then.slice(0, limit - half)],
    more_before: upTo.length > half,
    more_after: then.length > limit - half,
  }
}

/** The last `count` messages up to and including `seq`, oldest first. */
async function older({ read, tables }: Database, room_id: string, seq: number, count: number) {
  const { messages } = tables
  const rows = await read
    .select()
    .from(messages)
    .where(and(standingIn(tables, room_id), lte(messages.seq, seq)))
    .orderBy(desc(messages.seq))
    .limit(count)
  return rows.reverse()
}

async function newer({ read, tables }: Database, room_id: string, seq: number, count: number) {
  const { messages } = tables
  return read
    .select()
    .from(messages)
    .where(standingIn(tables, room_id, seq))
    .orderBy(asc(messages.seq))
    .limit(count)
}

async function seqOf({ read, tables }: Database, room_id: string, message_id: string): Promise<number> {
  const { messages } = tables
  const [found] = await read
    .select({ seq: messages.seq })
    .from(messages)
    .where(and(eq(messages.id, message_id), standingIn(tables, room_id)))
  if (!found) throw notFound('message')
  return found.seq
}

/** The `seq` of the first message by somebody else that the viewer has not read, null where there is none. */
async function firstUnread({ read, tables }: Database, room_id: string, user_id: string, last_read_seq: number) {
  const { messages } = tables
  const [first] = await read
    .select({ seq: messages.seq })
    .from(messages)
    .where(
      and(standingIn(tables, room_id, last_read_seq), ne(messages.sender_id, user_id), isNull(messages.deleted_at)),
    )
    .orderBy(asc(messages.seq))
    .limit(1)
  return first?.seq ?? null
}

/** What messages reply to, as far as it is not among them. */
async function quotedBy({ read, tables }: Database, room_id: string, rows: MessageRow[]): Promise<MessageRow[]> {
  const { messages } = tables
  const here = new Set(rows.map(row => row.id))
  const ids = [...new Set(rows.flatMap(row => row.reply_to ?? []))].filter(id => !here.has(id))
  if (ids.length === 0) return []
  return read
    .select()
    .from(messages)
    .where(and(inArray(messages.id, ids), someStandingIn(tables, room_id)))
}

/** The message that a permalink names, for members of its room only. */
export async function findByHash(db: Database, user_id: string, hash: string): Promise<MessageInRoom> {
  const { messages, rooms, room_members } = db.tables
  const [found] = await db.read
    .select({ message: messages, room: rooms })
    .from(messages)
    .innerJoin(rooms, eq(rooms.id, messages.room_id))
    .innerJoin(room_members, and(eq(room_members.room_id, rooms.id), eq(room_members.user_id, user_id)))
    .where(and(eq(messages.hash, hash), isNull(rooms.deleted_at), gt(messages.seq, rooms.cleared_seq)))
    .limit(1)
  const [message] = found ? await presentMessages(db.read, db.tables, [found.message]) : []
  if (!found || !message) throw notFound('message')
  return { message, room: await describeRoom(db.read, db.tables, found.room) }
}
