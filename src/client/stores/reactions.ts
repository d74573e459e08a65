import type { Message } from '../../shared/messages.ts'

/** The message with somebody's reaction, or without it; in the order of their first use, as the server has them. */
export function withReaction(message: Message, emoji: string, user_id: string, wanted: boolean): Message {
  const known = message.reactions.find(reaction => reaction.emoji === emoji)
  if ((known?.user_ids.includes(user_id) ?? false) === wanted) return message
  if (!known) return { ...message, reactions: [...message.reactions, { emoji, user_ids: [user_id] }] }
  const user_ids = wanted ? [...known.user_ids, user_id] : known.user_ids.filter(id => id !== user_id)
  const reactions = message.reactions.map(reaction => (reaction === known ? { emoji, user_ids } : reaction))
  return { ...message, reactions: reactions.filter(reaction => reaction.user_ids.length) }
}
