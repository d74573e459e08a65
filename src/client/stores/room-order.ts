import type { MyRoom } from '../../shared/rooms.ts'
import { roomName } from './direct-rooms.ts'

export type RoomSections = { favourites: MyRoom[]; rooms: MyRoom[]; direct: MyRoom[] }

/**
 * The parts of my list: favourites, then rooms, each by the place I gave them and then by name, then direct rooms with the
 * newest words first. Direct rooms that I closed are in none.
 */
export function sectionsOf(all: readonly MyRoom[], my_id: string): RoomSections {
  const byPlace = (one: MyRoom, other: MyRoom) =>
    (one.position ?? Number.POSITIVE_INFINITY) - (other.position ?? Number.POSITIVE_INFINITY) || byName(one, other)
  const byName = (one: MyRoom, other: MyRoom) =>
    roomName(one, my_id).localeCompare(roomName(other, my_id), undefined, { numeric: true, sensitivity: 'base' }) ||
    (one.id < other.id ? -1 : 1)
  const byNews = (one: MyRoom, other: MyRoom) =>
    lastActivity(other).localeCompare(lastActivity(one)) || byName(one, other)

  // Somebody who only opened a conversation with me has not said anything yet.
  const is_mere_thought = (room: MyRoom) => room.direct && room.last_seq === 0 && room.created_by !== my_id
  const open = all.filter(room => !room.is_closed && !is_mere_thought(room))
  return {
    favourites: open.filter(room => room.is_favourite).sort(byPlace),
    rooms: open.filter(room => !room.is_favourite && !room.direct).sort(byPlace),
    direct: open.filter(room => !room.is_favourite && room.direct).sort(byNews),
  }
}

const lastActivity = (room: MyRoom) => room.last_message_at ?? room.created_at

/** Rooms that I do not want to hear of count only where I am meant. */
export function unreadToTell(room: Pick<MyRoom, 'notify' | 'unread_count' | 'mention_count'>): number {
  return room.notify === 'nothing' ? room.mention_count : room.unread_count
}
