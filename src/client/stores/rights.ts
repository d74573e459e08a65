import type { Message } from '../../shared/messages.ts'
import type { Member } from '../../shared/rooms.ts'
import type { User } from '../../shared/users.ts'

/** What somebody may do in a room: look after it, have a voice in it, run the server. */
export type Rights = { me: string; moderates: boolean; asks: boolean; administers: boolean }

export function rightsOf(me: Pick<User, 'id' | 'role'>, member: Pick<Member, 'role' | 'is_muted'> | null): Rights {
  const administers = me.role === 'admin'
  return { me: me.id, moderates: administers || member?.role === 'owner', asks: !member?.is_muted, administers }
}

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

export function mayDelete(message: Message, { me, moderates }: Rights): boolean {
  return isStanding(message) && (moderates || message.sender_id === me)
}

/** What it said before it was edited. */
export function mayReadEdits(message: Message, { me, administers }: Rights): boolean {
  return isStanding(message) && message.edited_at !== null && (administers || message.sender_id === me)
}

/** What I said myself is never news to me. */
export function mayUnread(message: Message, { me }: Rights): boolean {
  return message.id !== '' && !message.deleted_at && message.sender_id !== me
}

export function mayStop(message: Message, { me, moderates }: Rights): boolean {
  return message.status === 'streaming' && (moderates || message.ai?.requested_by === me)
}

/** Muting, removing, handing over; the owner gives the room away first. */
export function mayManage(member: Pick<Member, 'role' | 'user'>, { me, moderates }: Rights): boolean {
  return moderates && member.role !== 'owner' && member.user.id !== me
}

/** Asking again, and choosing among the answers. */
export function mayAskAgain(message: Message, { asks }: Rights): boolean {
  return asks && message.ai !== null && message.status !== 'streaming' && !message.deleted_at
}

/** The latest reply under way that this person may stop. */
export function stoppable(messages: readonly Message[], rights: Rights): Message | null {
  return messages.findLast(message => mayStop(message, rights)) ?? null
}
