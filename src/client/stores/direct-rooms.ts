import type { Room } from '../../shared/rooms.ts'
import type { User } from '../../shared/users.ts'

/** Whom I talk to in a direct room; null in every other room. */
export function partnerIn({ direct }: Pick<Room, 'direct'>, my_id: string): User | null {
  return direct?.find(user => user.id !== my_id) ?? direct?.[0] ?? null
}

/** What I call a room: a direct one goes by the name of the other. */
export function roomName(room: Pick<Room, 'name' | 'direct'>, my_id: string): string {
  return partnerIn(room, my_id)?.display_name ?? room.name
}
