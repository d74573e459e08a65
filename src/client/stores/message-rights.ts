import type { Message } from '../../shared/messages.ts'
import type { Rights } from './rights.ts'

/** Whether there is something of a message to do anything with: it was sent, is said to its end, and was not taken back. */
export function isStanding(message: Message): boolean {
  return message.id !== '' && !message.deleted_at && message.status !== 'streaming'
}

/** Replying to it, reacting and pinning. */
export function mayMark(message: Message, { asks }: Rights): boolean {
  return asks && isStanding(message)
}

export function mayEdit(message: Message, { me, asks }: Rights): boolean {
  return asks && isStanding(message) && message.sender_id === me
}

/** Between two people each takes back what they said themselves; what an assistant said is nobody's. */
export function mayDelete(message: Message, { me, moderates, equals = false }: Rights): boolean {
  const presides = moderates && !(equals && message.sender_kind === 'human')
  return isStanding(message) && (presides || message.sender_id === me)
}

/** What it said before it was edited. */
export function mayReadEdits(message: Message, { me, administers }: Rights): boolean {
  return isStanding(message) && message.edited_at !== null && (administers || message.sender_id === me)
}

/** What I said myself is never news to me. */
export function mayUnread(message: Message, { me }: Rights): boolean {
  return message.id !== '' && !message.deleted_at && message.sender_id !== me
}
