import { and, eq, gt, gte, inArray, isNull, min, ne, or } from 'drizzle-orm'
import type { AiRun, Message, MessageStatus } from '../../shared/messages.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import type { Emit } from '../events/log.ts'
import { type MessageRow, presentMessages } from './present.ts'
import { questionsOf } from './stale.ts'

export type Revision = {
  content?: string
  mentions?: string[]
  edited_at?: number
  status?: MessageStatus
  ai?: AiRun
}

/** Changes a message and reports it. Null when the message is gone. */
export async function reviseWithin(
  tx: Query,
  emit: Emit,
  tables: Tables,
  message_id: string,
  revision: Revision,
): Promise<Message | null> {
  const { messages } = tables
  const rows = await tx.update(messages).set(revision).where(eq(messages.id, message_id)).returning()
  const [message] = await announce(tx, emit, tables, rows)
  return message ?? null
}

/** Reports messages as they stand now; of those that were cleared away meanwhile, only that they have ended. */
export async function announce(tx: Query, emit: Emit, tables: Tables, rows: MessageRow[]): Promise<Message[]> {
  const presented = await presentMessages(tx, tables, rows)
  const cleared = await clearedSeqs(tx, tables, rows)
  const messages = presented.map(message => (message.seq > cleared(message.room_id) ? message : emptied(message)))
  for (const message of messages) {
    const { id, room_id } = message
    await emit({ type: 'message.updated', room_id, subject_id: id, data: { room_id, message } })
  }
  return messages
}

async function clearedSeqs(tx: Query, { rooms }: Tables, rows: MessageRow[]) {
  const ids = [...new Set(rows.map(row => row.room_id))]
  const found = await tx
    .select({ id: rooms.id, cleared_seq: rooms.cleared_seq })
    .from(rooms)
    .where(inArray(rooms.id, ids))
  const seqs = new Map(found.map(({ id, cleared_seq }) => [id, cleared_seq]))
  return (room_id: string): number => seqs.get(room_id) ?? 0
}

function emptied(message: Message): Message {
  const ai = message.ai && { ...message.ai, reasoning: null, tools: [] }
  return { ...message, content: '', mentions: [], attachments: [], reactions: [], ai }
}

/** Reports the answers to a question that has changed. One that is still being written is reported when it ends. */
export async function announceAnswers(tx: Query, emit: Emit, tables: Tables, question: MessageRow): Promise<void> {
  const { agent_sessions, messages } = tables
  // No answer is older than its question, and by time there is an index.
  const since = and(eq(agent_sessions.room_id, question.room_id), gte(agent_sessions.started_at, question.created_at))
  // What waited is answered with the next question that is.
  const next = tx
    .select({ seq: min(agent_sessions.trigger_seq) })
    .from(agent_sessions)
    .where(and(since, gt(agent_sessions.trigger_seq, question.seq)))
  const asked = tx
    .select({ id: agent_sessions.message_id })
    .from(agent_sessions)
    .where(and(since, or(eq(agent_sessions.trigger_message_id, question.id), eq(agent_sessions.trigger_seq, next))))
  const answers = await tx
    .select()
    .from(messages)
    .where(and(inArray(messages.id, asked), isNull(messages.deleted_at), ne(messages.status, 'streaming')))
  const toIt = answers.filter(({ ai }) => ai && questionsOf(ai).includes(question.id))
  await announce(tx, emit, tables, toIt)
}

/** Keeps a reply that is still being written, so that a crash costs a moment of it. Nobody is told: they have the pieces. */
export async function checkpoint(
  db: Database,
  message_id: string,
  so_far: { content: string; ai: AiRun },
): Promise<void> {
  const { messages } = db.tables
  await db.write(async tx => {
    const run = await runUnderWay(tx, db.tables, message_id, so_far.ai.run_id)
    if (!run) return
    // Somebody's wish to stop it came meanwhile: it is not for the writer to undo.
    const stopped_by = run.stopped_by ?? so_far.ai.stopped_by
    await tx
      .update(messages)
      .set({ content: so_far.content, ai: { ...so_far.ai, stopped_by } })
      .where(eq(messages.id, message_id))
  })
}

/** The run that a message waits for. Null when that is over: ended by force, asked anew, or deleted since. */
export async function runUnderWay(
  query: Query,
  { messages }: Tables,
  message_id: string,
  run_id: string,
): Promise<AiRun | null> {
  const [row] = await query
    .select({ ai: messages.ai })
    .from(messages)
    .where(and(eq(messages.id, message_id), eq(messages.status, 'streaming'), isNull(messages.deleted_at)))
  return row?.ai?.run_id === run_id ? row.ai : null
}
