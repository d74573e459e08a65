import { asc, inArray } from 'drizzle-orm'
import type { Message, Upload } from '../../shared/messages.ts'
import type { Query, Tables } from '../db/database.ts'
import { staleRuns } from './stale.ts'

export type MessageRow = Tables['messages']['$inferSelect']
export type Author = { id: string; display_name: string; kind: 'human' | 'agent' }

/** What a message carries besides its row. */
export type Around = {
  author: Author
  attachments: Upload[]
  reactions?: Message['reactions']
  stale?: boolean
  /** Who wrote what it replies to. */
  replied?: string | null
}

export function presentMessage(
  row: MessageRow,
  { author, attachments, reactions = [], stale = false, replied = null }: Around,
): Message {
  return {
    id: row.id,
    room_id: row.room_id,
    seq: row.seq,
    hash: row.hash,
    client_id: row.client_id,
    sender_id: row.sender_id,
    sender_name: author.display_name,
    sender_kind: author.kind,
    timestamp: new Date(row.created_at).toISOString(),
    content: row.content,
    mentions: row.mentions,
    reply_to: row.reply_to,
    reply_to_sender_id: replied,
    attachments,
    reactions,
    edited_at: row.edited_at === null ? null : new Date(row.edited_at).toISOString(),
    deleted_at: row.deleted_at === null ? null : new Date(row.deleted_at).toISOString(),
    pinned_at: row.pinned_at === null ? null : new Date(row.pinned_at).toISOString(),
    pinned_by: row.pinned_by,
    status: row.status,
    ai: row.ai && { ...row.ai, stale },
  }
}

/** Rows with all that belongs to them, in the order given, in a few queries however many they are. */
export async function presentMessages(query: Query, tables: Tables, rows: MessageRow[]): Promise<Message[]> {
  const { users } = tables
  if (rows.length === 0) return []
  const authorIds = [...new Set(rows.map(row => row.sender_id))]
  const authors = await query
    .select({ id: users.id, display_name: users.display_name, kind: users.kind })
    .from(users)
    .where(inArray(users.id, authorIds))
  const byId = new Map(authors.map(author => [author.id, author]))
  const ids = rows.map(row => row.id)
  const attached = await attachmentsOf(query, tables, ids)
  const reacted = await reactionsTo(query, tables, ids)
  const replied = await repliedBy(query, tables, rows)
  const stale = await staleRuns(
    query,
    tables,
    rows.flatMap(row => row.ai ?? []),
  )
  return rows.flatMap(row => {
    const author = byId.get(row.sender_id)
    if (!author) return []
    const attachments = attached(row.id, row.ai?.version ?? null)
    const isStale = row.ai !== null && stale.has(row.ai.run_id)
    const around = { author, attachments, reactions: reacted(row.id), stale: isStale, replied: replied(row) }
    return [presentMessage(row, around)]
  })
}

/** Who wrote what messages reply to. */
async function repliedBy(query: Query, { messages }: Tables, rows: MessageRow[]) {
  const ids = [...new Set(rows.flatMap(row => row.reply_to ?? []))]
  const found = ids.length
    ? await query
        .select({ id: messages.id, sender_id: messages.sender_id })
        .from(messages)
        .where(inArray(messages.id, ids))
    : []
  const byId = new Map(found.map(({ id, sender_id }) => [id, sender_id]))
  return ({ reply_to }: MessageRow): string | null => (reply_to && byId.get(reply_to)) ?? null
}

/** The pictures of messages; of an answer, those that belong to one of its versions. */
export async function attachmentsOf(query: Query, { uploads }: Tables, message_ids: string[]) {
  const rows = await query
    .select()
    .from(uploads)
    .where(inArray(uploads.message_id, message_ids))
    .orderBy(asc(uploads.created_at), asc(uploads.id))
  const byMessage = Map.groupBy(rows, upload => upload.message_id)
  return (message_id: string, version: number | null): Upload[] =>
    (byMessage.get(message_id) ?? [])
      .filter(upload => upload.version === null || upload.version === version)
      .map(presentUpload)
}

/** The reactions to messages, each emoji with who used it, in the order of first use. */
export async function reactionsTo(query: Query, { reactions }: Tables, message_ids: string[]) {
  const rows = await query
    .select()
    .from(reactions)
    .where(inArray(reactions.message_id, message_ids))
    .orderBy(asc(reactions.created_at), asc(reactions.user_id))
  const byMessage = Map.groupBy(rows, row => row.message_id)
  return (message_id: string): Message['reactions'] => {
    const byEmoji = Map.groupBy(byMessage.get(message_id) ?? [], row => row.emoji)
    return [...byEmoji].map(([emoji, own]) => ({ emoji, user_ids: own.map(row => row.user_id) }))
  }
}

export function presentUpload(row: Tables['uploads']['$inferSelect']): Upload {
  return {
    id: row.id,
    url: `/uploads/${row.path}`,
    mime: row.mime,
    bytes: row.bytes,
    width: row.width,
    height: row.height,
    name: row.name,
  }
}
