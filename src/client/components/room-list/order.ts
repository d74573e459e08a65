import type { MyRoom } from '../../../shared/rooms.ts'
import { unreadToTell } from '../../stores/room-order.ts'

/** The room above or below, round the ends; of the unread ones alone if asked for. */
export function neighbour(
  rooms: readonly MyRoom[],
  current: string | null,
  step: 1 | -1,
  unread: boolean,
): MyRoom | null {
  const count = rooms.length
  const at = rooms.findIndex(room => room.id === current)
  for (let i = 1; i <= count; i += 1) {
    const index = at < 0 ? (step > 0 ? i - 1 : count - i) : (at + step * i + count * i) % count
    const room = rooms[index]
    if (room && room.id !== current && (!unread || unreadToTell(room) > 0)) return room
  }
  return null
}
