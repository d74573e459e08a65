import type { MyRoom } from '../../shared/rooms.ts'

/** `meant`: so many unread messages are for me. `more`: there are others beside them. */
export type Badge = { meant: number; more: boolean }
type Counted = Pick<MyRoom, 'notify' | 'direct' | 'unread_count' | 'mention_count'>

/** What a tab tells of what I have not read, at a glance. */
export function badgeOf(rooms: readonly Counted[]): Badge {
  const meant = rooms.reduce((sum, room) => sum + meantIn(room), 0)
  return { meant, more: rooms.some(room => room.notify !== 'nothing' && room.unread_count > meantIn(room)) }
}

/** Of a room that I want to hear everything of, every message is meant for me, as it is between two. */
function meantIn({ notify, direct, unread_count, mention_count }: Counted): number {
  return notify === 'everything' || (direct && notify !== 'nothing') ? unread_count : mention_count
}
