import { eq } from 'drizzle-orm'
import type { Viewer } from '../accounts/sessions.ts'
import type { Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { messageOf } from './access.ts'
import { notYours } from './edit.ts'
import { presentMessages } from './present.ts'
import { forgetChanges, retell } from './retell.ts'
import { announceAnswers } from './revise.ts'
import { stillStreaming } from './versions.ts'

const BETWEEN_TWO = 'In a direct conversation only its author can delete a message.'

/** What is left of a message: its place, who said something and when. Its name for retries stays, so that none brings it back. */
const TRACE = { content: '', mentions: [], ai: null, pinned_at: null, pinned_by: null }

/**
 * Takes back what was said, for its author, the owner of the room or an admin in it. A trace stays in its place. Deleting
 * twice is as good as once. Resolves to the paths of its pictures, whose files are for the caller to drop. The two of a direct
 * room own it together, and neither has a say in the words of the other: only in those of an assistant.
 */
export async function deleteMessage(log: Log, tables: Tables, { user }: Viewer, message_id: string): Promise<string[]> {
  const { messages, mentions, message_edits, message_versions, reactions, uploads } = tables
  return log.write(async (tx, emit) => {
    const { message, room, membership } = await messageOf(tx, tables, user.id, message_id)
    const owns = membership.role === 'owner' && (room.direct_key === null || message.ai !== null)
    if (message.sender_id !== user.id && !owns && user.role !== 'admin')
      throw notYours(
        room.direct_key ? BETWEEN_TWO : 'Only its author, the owner of the room or an admin can delete a message.',
      )
    if (message.deleted_at !== null) return []
    if (message.status === 'streaming') throw stillStreaming()
    const rows = await tx
      .update(messages)
      .set({ ...TRACE, deleted_at: Date.now() })
      .where(eq(messages.id, message_id))
      .returning()
    for (const kept of [mentions, message_edits, message_versions, reactions])
      await tx.delete(kept).where(eq(kept.message_id, message_id))
    const pictures = await tx
      .delete(uploads)
      .where(eq(uploads.message_id, message_id))
      .returning({ path: uploads.path })
    const { room_id } = message
    await forgetChanges(tx, tables, message_id)
    for (const trace of await presentMessages(tx, tables, rows)) await retell(tx, tables, trace)
    await emit({ type: 'message.deleted', room_id, subject_id: message_id, data: { room_id, message_id } })
    await announceAnswers(tx, emit, tables, message)
    return pictures.map(picture => picture.path)
  })
}
