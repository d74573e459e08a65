import { and, eq, isNull } from 'drizzle-orm'
import type { Upload } from '../../shared/messages.ts'
import type { Query, Tables } from '../db/database.ts'
import { invalid } from '../http/problems.ts'
import { type MessageRow, presentUpload } from './present.ts'

/** Gives a message its pictures: uploads of its author to its room that belong to no other. Call it within the message's write. */
export async function attach(
  tx: Query,
  { uploads }: Tables,
  { id, room_id, sender_id, created_at }: MessageRow,
  upload_ids: string[],
): Promise<Upload[]> {
  const attached: Upload[] = []
  for (const [place, upload_id] of upload_ids.entries()) {
    const [row] = await tx
      .update(uploads)
      // Pictures come out by their time: from now on it is that of the message, in the order that its author chose.
      .set({ message_id: id, created_at: created_at + place })
      .where(
        and(
          eq(uploads.id, upload_id),
          eq(uploads.room_id, room_id),
          eq(uploads.user_id, sender_id),
          isNull(uploads.message_id),
        ),
      )
      .returning()
    if (!row) throw invalid('attachment_ids', 'One of the pictures is not there any more. Add it again.')
    attached.push(presentUpload(row))
  }
  return attached
}
