import type { Message } from '../../shared/messages.ts'
import type { Member, MyRoom } from '../../shared/rooms.ts'
import type { User } from '../../shared/users.ts'

/**
 * What somebody may do in a room: look after it, have a voice in it, run the server. The two of a direct room look after it as
 * `equals`: neither takes away what the other said.
 */
export type Rights = { me: string; moderates: boolean; asks: boolean; administers: boolean; equals?: boolean }

export function rightsOf(
  me: Pick<User, 'id' | 'role'>,
  member: Pick<Member, 'role' | 'is_muted'> | null,
  room: Pick<MyRoom, 'direct'> | null = null,
): Rights {
  const administers = me.role === 'admin'
  const moderates = administers || member?.role === 'owner'
  const equals = !administers && (room?.direct?.every(({ kind }) => kind === 'human') ?? false)
  return { me: me.id, moderates, asks: !member?.is_muted, administers, equals }
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
