import { eq } from 'drizzle-orm'
import type { AiRun, Message, MessageStatus } from '../../shared/messages.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import type { Emit } from '../events/log.ts'
import { presentMessages } from './present.ts'

export type Revision = { content?: string; status?: MessageStatus; ai?: AiRun }

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
  const [message] = await presentMessages(tx, tables, rows)
  if (!message) return null
  await emit({ type: 'message.updated', room_id: message.room_id, data: { room_id: message.room_id, message } })
  return message
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
