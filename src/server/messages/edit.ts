import { asc, eq } from 'drizzle-orm'
import type { EarlierText, Message, MessageEdit } from '../../shared/messages.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { invalid, notFound, Problem } from '../http/problems.ts'
import { mutedProblem } from '../rooms/membership.ts'
import { messageOf, requireStanding } from './access.ts'
import { callPeopleAnew } from './mentions.ts'
import { resolveMentions } from './post.ts'
import { presentMessages } from './present.ts'
import { forgetChanges, retell } from './retell.ts'
import { announceAnswers, reviseWithin } from './revise.ts'

/**
 * Gives a message another text, for its author. What it said is kept, its hash stays that of the first text, and no
 * assistant is woken; the answers it had are reported, because they are stale now. The same text again changes nothing.
 */
export async function edit(
  log: Log,
  tables: Tables,
  { user }: Viewer,
  message_id: string,
  { content }: MessageEdit,
): Promise<Message> {
  return log.write(async (tx, emit) => {
    const { message, membership } = await messageOf(tx, tables, user.id, message_id)
    if (message.sender_id !== user.id) throw notYours('Only its author can edit a message.')
    if (membership.is_muted) throw mutedProblem()
    requireStanding(message)
    if (content.trim() === '' && !(await hasPictures(tx, tables, message_id)))
      throw invalid('content', 'The message must not be empty')
    if (content === message.content) {
      const [same] = await presentMessages(tx, tables, [message])
      if (!same) throw notFound('message')
      return same
    }
    const edited_at = Date.now()
    await tx
      .insert(tables.message_edits)
      .values({ id: Bun.randomUUIDv7(), message_id, content: message.content, replaced_at: edited_at })
    const mentions = await resolveMentions(tx, tables, message.room_id, content)
    await forgetChanges(tx, tables, message_id)
    const edited = await reviseWithin(tx, emit, tables, message_id, { content, mentions, edited_at })
    if (!edited) throw notFound('message')
    await retell(tx, tables, edited)
    await callPeopleAnew(tx, tables, { ...message, mentions })
    await announceAnswers(tx, emit, tables, message)
    return edited
  })
}

/** What a message said before it was edited, oldest first, for its author and admins. */
export async function listEdits(db: Database, { user }: Viewer, message_id: string): Promise<EarlierText[]> {
  const { message_edits } = db.tables
  const { message } = await messageOf(db.read, db.tables, user.id, message_id)
  if (message.sender_id !== user.id && user.role !== 'admin')
    throw notYours('Only its author and admins can see what a message said before.')
  const rows = await db.read
    .select()
    .from(message_edits)
    .where(eq(message_edits.message_id, message_id))
    .orderBy(asc(message_edits.id))
  return rows.map(row => ({ content: row.content, replaced_at: new Date(row.replaced_at).toISOString() }))
}

export function notYours(words: string): Problem {
  return new Problem(403, 'not_yours', words)
}

async function hasPictures(tx: Query, { uploads }: Tables, message_id: string): Promise<boolean> {
  const found = await tx.select({ id: uploads.id }).from(uploads).where(eq(uploads.message_id, message_id)).limit(1)
  return found.length > 0
}
