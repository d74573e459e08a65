import type { Room } from '../../../shared/rooms.ts'

/** What a room is called: a direct one after the other person. */
export function roomTitle(room: Room, me: string): string {
  return room.direct?.find(user => user.id !== me)?.display_name ?? room.name
}
