import { and, eq, gte, inArray, isNull, ne } from 'drizzle-orm'
import type { AiRun, Message, MessageStatus } from '../../shared/messages.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import type { Emit } from '../events/log.ts'
import { type MessageRow, presentMessages } from './present.ts'

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

/** Reports messages as they stand now. */
export async function announce(tx: Query, emit: Emit, tables: Tables, rows: MessageRow[]): Promise<Message[]> {
  const messages = await presentMessages(tx, tables, rows)
  for (const message of messages) {
    const { id, room_id } = message
    await emit({ type: 'message.updated', room_id, subject_id: id, data: { room_id, message } })
  }
  return messages
}

/** Reports the answers to a question that has changed. One that is still being written is reported when it ends. */
export async function announceAnswers(tx: Query, emit: Emit, tables: Tables, question: MessageRow): Promise<void> {
  const { agent_sessions, messages } = tables
  const asked = tx
    .select({ id: agent_sessions.message_id })
    .from(agent_sessions)
    .where(
      and(
        eq(agent_sessions.room_id, question.room_id),
        // No answer is older than its question, and by time there is an index.
        gte(agent_sessions.started_at, question.created_at),
        eq(agent_sessions.trigger_message_id, question.id),
      ),
    )
  const answers = await tx
    .select()
    .from(messages)
    .where(and(inArray(messages.id, asked), isNull(messages.deleted_at), ne(messages.status, 'streaming')))
  await announce(tx, emit, tables, answers)
}

/** Keeps a reply that is still being written, so that a crash costs a moment of it. Nobody is told: they have the pieces. */
export async function checkpoint(
  db: Database,
  message_id: string,
  so_far: { content: string; ai: AiRun },
): Promise<void> {
  const { messages } = db.tables
  await db.write(async tx => {
    const [row] = await tx.select({ ai: messages.ai }).from(messages).where(eq(messages.id, message_id))
    // Somebody's wish to stop it came meanwhile: it is not for the writer to undo.
    const stopped_by = row?.ai?.stopped_by ?? so_far.ai.stopped_by
    await tx
      .update(messages)
      .set({ content: so_far.content, ai: { ...so_far.ai, stopped_by } })
      .where(eq(messages.id, message_id))
  })
}
