import { and, eq, isNull, sql } from 'drizzle-orm'
import { mentionedHandles } from '../../shared/mentions.ts'
import type { AiRun, Message, MessageStatus } from '../../shared/messages.ts'
import type { Query, Tables } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import type { Emit, Log } from '../events/log.ts'
import { invalid, notFound, Problem } from '../http/problems.ts'
import { roomOf } from '../rooms/access.ts'
import { mentionable } from '../rooms/lists.ts'
import { mutedProblem } from '../rooms/membership.ts'
import { standingIn } from './access.ts'
import { attach } from './attach.ts'
import { hashMessage } from './hash.ts'
import { callPeople } from './mentions.ts'
import { type Author, type MessageRow, presentMessage, presentMessages } from './present.ts'

export type Draft = {
  room_id: string
  author: Author
  content: string
  /** The author's own name for the message: posting it again under the same name changes nothing. */
  client_id?: string | null
  reply_to?: string | null
  /** Uploads of the author to this room that belong to no message yet. */
  attachment_ids?: string[]
  status?: MessageStatus
  ai?: AiRun | null
}

export type Posted = { message: Message; created: boolean }

/**
 * Posts a message, for people and agents alike: the message under the room's next `seq`, the author's read mark and the
 * event, in one write. People have to be members who are not muted, at the moment of the write.
 */
export async function post(log: Log, tables: Tables, draft: Draft): Promise<Posted> {
  return log.write((tx, emit) => postWithin(tx, emit, tables, draft))
}

/** The same as part of a larger write. */
export async function postWithin(tx: Query, emit: Emit, tables: Tables, draft: Draft): Promise<Posted> {
  const earlier = await findEarlier(tx, tables, draft)
  const { room_id, author, content } = draft
  if (earlier) {
    // Their own words, but said in a room: who has left it since finds neither.
    if (author.kind === 'human') await roomOf(tx, tables, author.id, room_id)
    return { message: earlier, created: false }
  }
  const created_at = Date.now()
  const seq = await nextSeq(tx, tables, room_id, created_at)
  if (author.kind === 'human') await markOwnRead(tx, tables, room_id, author.id, seq)
  const replied = draft.reply_to ? await authorOf(tx, tables, room_id, draft.reply_to) : null

  const mentions = await resolveMentions(tx, tables, room_id, content)
  const row: MessageRow = {
    id: Bun.randomUUIDv7(),
    room_id,
    seq,
    hash: hashMessage(room_id, author.id, new Date(created_at).toISOString(), content),
    client_id: draft.client_id ?? null,
    sender_id: author.id,
    content,
    mentions,
    reply_to: draft.reply_to ?? null,
    status: draft.status ?? 'complete',
    ai: draft.ai ?? null,
    created_at,
    edited_at: null,
    deleted_at: null,
    pinned_at: null,
    pinned_by: null,
  }
  await store(tx, tables).execute({ ...row, ai: row.ai && JSON.stringify(row.ai) })
  await callPeople(tx, tables, row, replied)
  const attachments = await attach(tx, tables, row, draft.attachment_ids ?? [])
  const message = presentMessage(row, { author, attachments, replied })
  await emit({ type: 'message.created', room_id, subject_id: row.id, data: { room_id, message } })
  return { message, created: true }
}

/** The message that this author already posted under the same name: the answer to a retry. */
async function findEarlier(tx: Query, tables: Tables, { client_id, author, room_id }: Draft): Promise<Message | null> {
  if (!client_id) return null
  const rows = await namedBy(tx, tables).execute({ sender_id: author.id, client_id })
  const [earlier] = await presentMessages(tx, tables, rows)
  if (earlier && earlier.room_id !== room_id)
    throw new Problem(409, 'client_id_taken', 'You have used this client_id for a message in another room.')
  return earlier ?? null
}

async function nextSeq(tx: Query, tables: Tables, room_id: string, now: number): Promise<number> {
  const [room] = await countUp(tx, tables).execute({ room_id, now })
  if (!room) throw notFound('room')
  return room.seq
}

async function markOwnRead(tx: Query, tables: Tables, room_id: string, user_id: string, seq: number) {
  const [membership] = await markRead(tx, tables).execute({ room_id, user_id, seq })
  if (!membership) throw notFound('room')
  if (membership.is_muted) throw mutedProblem()
}

async function authorOf(tx: Query, tables: Tables, room_id: string, message_id: string): Promise<string> {
  const { messages } = tables
  const [found] = await tx
    .select({ id: messages.sender_id })
    .from(messages)
    .where(and(eq(messages.id, message_id), standingIn(tables, room_id)))
  if (!found) throw invalid('reply_to', 'The message that this one replies to is not in the room.')
  return found.id
}

/** The ids behind `@handle`, in the order in which they are mentioned; handles of nobody here are just text. */
export async function resolveMentions(tx: Query, tables: Tables, room_id: string, content: string): Promise<string[]> {
  if (!content.includes('@')) return []
  const handles = mentionedHandles(content)
  if (handles.length === 0) return []
  const found = await mentionable(tx, tables, room_id, handles)
  const byHandle = new Map(found.map(({ handle, id }) => [handle, id]))
  return handles.flatMap(handle => byHandle.get(handle) ?? [])
}

const namedBy = prepared((tx, { messages }) =>
  tx
    .select()
    .from(messages)
    .where(
      and(eq(messages.sender_id, sql.placeholder('sender_id')), eq(messages.client_id, sql.placeholder('client_id'))),
    )
    .prepare(),
)

const countUp = prepared((tx, { rooms }) =>
  tx
    .update(rooms)
    .set({ last_seq: sql`${rooms.last_seq} + 1`, last_message_at: sql`${sql.placeholder('now')}` })
    .where(and(eq(rooms.id, sql.placeholder('room_id')), isNull(rooms.deleted_at)))
    .returning({ seq: rooms.last_seq })
    .prepare(),
)

const markRead = prepared((tx, { room_members }) =>
  tx
    .update(room_members)
    .set({ last_read_seq: sql`${sql.placeholder('seq')}` })
    .where(
      and(eq(room_members.room_id, sql.placeholder('room_id')), eq(room_members.user_id, sql.placeholder('user_id'))),
    )
    .returning({ is_muted: room_members.is_muted })
    .prepare(),
)

const store = prepared((tx, { messages }) =>
  tx
    .insert(messages)
    .values({
      id: sql.placeholder('id'),
      room_id: sql.placeholder('room_id'),
      seq: sql.placeholder('seq'),
      hash: sql.placeholder('hash'),
      client_id: sql.placeholder('client_id'),
      sender_id: sql.placeholder('sender_id'),
      content: sql.placeholder('content'),
      mentions: sql.placeholder('mentions'),
      reply_to: sql.placeholder('reply_to'),
      status: sql.placeholder('status'),
      // Encoded by the caller: a null placeholder of a JSON column would be stored as the text `null`.
      ai: sql`${sql.placeholder('ai')}`,
      created_at: sql.placeholder('created_at'),
    })
    .prepare(),
)
