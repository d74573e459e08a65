import { and, eq, inArray } from 'drizzle-orm'
import type { Message } from '../../shared/messages.ts'
import type { Query, Tables } from '../db/database.ts'

/**
 * What the log says of a message from its beginning becomes what there is of it now: whoever resumes from before, or joins
 * later, is not told what was changed or taken back.
 */
export async function retell(tx: Query, { events }: Tables, message: Message): Promise<void> {
  await tx
    .update(events)
    .set({ data: { room_id: message.room_id, message } })
    .where(and(eq(events.subject_id, message.id), inArray(events.type, ['message.created', 'message.updated'])))
}
