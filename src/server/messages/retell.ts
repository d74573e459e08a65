import { and, eq } from 'drizzle-orm'
import type { Message } from '../../shared/messages.ts'
import type { Query, Tables } from '../db/database.ts'

/**
 * The log begins with a message as there is now, for those who resume from before or join later: they are not told what was
 * changed or taken back. What it became on the way is forgotten by `forgetChanges`, before the last change is reported.
 */
export async function retell(tx: Query, { events }: Tables, message: Message): Promise<void> {
  await tx
    .update(events)
    .set({ data: { room_id: message.room_id, message } })
    .where(and(eq(events.subject_id, message.id), eq(events.type, 'message.created')))
}

/** Forgotten, not retold: however often a message changes, changing it once more costs the same. */
export async function forgetChanges(tx: Query, { events }: Tables, message_id: string): Promise<void> {
  await tx.delete(events).where(and(eq(events.subject_id, message_id), eq(events.type, 'message.updated')))
}
