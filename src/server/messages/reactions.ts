import { and, eq } from 'drizzle-orm'
import type { Message } from '../../shared/messages.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { invalid, notFound, Problem } from '../http/problems.ts'
import { messageToMark } from './access.ts'
import { presentMessages } from './present.ts'
import { announce } from './revise.ts'

/** Different ones on a message. */
const REACTIONS_MAX = 20

const EMOJI = /^\p{RGI_Emoji}$/v
/** Asks for the picture of a character that is also text: ❤ and ❤️ are the same reaction. */
const AS_PICTURE = '\u{fe0f}'

/** Adds or takes back the viewer's reaction to a message; what is so already stays so, and nobody is told. */
export async function react(
  log: Log,
  tables: Tables,
  { user }: Viewer,
  { message_id, emoji: given }: { message_id: string; emoji: string },
  wanted: boolean,
): Promise<Message> {
  const { reactions } = tables
  return log.write(async (tx, emit) => {
    const { message } = await messageToMark(tx, tables, user.id, message_id)
    const emoji = asEmoji(given)
    const there = await tx.select().from(reactions).where(eq(reactions.message_id, message_id))
    const mine = there.some(each => each.user_id === user.id && each.emoji === emoji)
    const changes = mine !== wanted
    if (changes && wanted) {
      const different = new Set(there.map(each => each.emoji)).add(emoji)
      if (different.size > REACTIONS_MAX)
        throw new Problem(409, 'too_many_reactions', `A message takes at most ${REACTIONS_MAX} different reactions.`)
      // One after the other also within a millisecond: they are shown in the order of their first use.
      const created_at = Math.max(Date.now(), ...there.map(each => each.created_at + 1))
      await tx.insert(reactions).values({ message_id, user_id: user.id, emoji, created_at })
    }
    if (changes && !wanted)
      await tx
        .delete(reactions)
        .where(and(eq(reactions.message_id, message_id), eq(reactions.user_id, user.id), eq(reactions.emoji, emoji)))
    const [marked] = await (changes ? announce(tx, emit, tables, [message]) : presentMessages(tx, tables, [message]))
    if (!marked) throw notFound('message')
    return marked
  })
}

function asEmoji(given: string): string {
  const found = [given, given + AS_PICTURE].find(each => EMOJI.test(each))
  if (!found) throw invalid('emoji', 'A reaction is one emoji.', 'not_an_emoji')
  return found
}
