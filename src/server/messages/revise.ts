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

/** Keeps the text of a reply that is still being written, so that a crash costs a moment of it. Nobody is told: they have the deltas. */
export async function checkpoint(db: Database, message_id: string, content: string): Promise<void> {
  const { messages } = db.tables
  await db.write(async tx => {
    await tx.update(messages).set({ content }).where(eq(messages.id, message_id))
  })
}
