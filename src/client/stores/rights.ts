import type { Message } from '../../shared/messages.ts'
import type { Member } from '../../shared/rooms.ts'
import type { User } from '../../shared/users.ts'

/** What somebody may do in a room: look after it, have a voice in it, run the server. */
export type Rights = { me: string; moderates: boolean; asks: boolean; administers: boolean }

export function rightsOf(me: Pick<User, 'id' | 'role'>, member: Pick<Member, 'role' | 'is_muted'> | null): Rights {
  const administers = me.role === 'admin'
  return { me: me.id, moderates: administers || member?.role === 'owner', asks: !member?.is_muted, administers }
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
