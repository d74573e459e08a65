import { and, eq, inArray } from 'drizzle-orm'
import type { Query, Tables } from '../db/database.ts'
import type { MessageRow } from './present.ts'

type Called = Pick<MessageRow, 'id' | 'room_id' | 'seq' | 'sender_id' | 'mentions'>

/** Notes for whom a message is meant by name: the people it mentions, and whoever it replies to. Assistants have no inbox. */
export async function callPeople(tx: Query, { mentions, users }: Tables, message: Called, replied: string | null) {
  const named = [...message.mentions, ...(replied ? [replied] : [])].filter(id => id !== message.sender_id)
  if (named.length === 0) return
  const people = await tx
    .select({ user_id: users.id })
    .from(users)
    .where(and(inArray(users.id, named), eq(users.kind, 'human')))
  if (people.length === 0) return
  const rows = people.map(({ user_id }) => ({
    user_id,
    message_id: message.id,
    room_id: message.room_id,
    seq: message.seq,
    reason: message.mentions.includes(user_id) ? ('mention' as const) : ('reply' as const),
  }))
  await tx.insert(mentions).values(rows).onConflictDoNothing()
}

/** The same after its text has changed. */
export async function callPeopleAnew(tx: Query, tables: Tables, message: Called & Pick<MessageRow, 'reply_to'>) {
  const { mentions, messages } = tables
  await tx.delete(mentions).where(eq(mentions.message_id, message.id))
  const [earlier] = message.reply_to
    ? await tx.select({ sender_id: messages.sender_id }).from(messages).where(eq(messages.id, message.reply_to))
    : []
  await callPeople(tx, tables, message, earlier?.sender_id ?? null)
}
