import type { User } from '../../../shared/users.ts'
import type { Application, Desk } from '../../application.ts'
import { roomPath } from '../../router.ts'
import { createRoomWishes } from '../../stores/room-wishes.ts'

/** Goes to the room of me and somebody else, made if this is the first time. Rejects in words. */
export async function talkTo({ app, desk }: { app: Application; desk: Desk }, user: Pick<User, 'id'>) {
  const room = await createRoomWishes(app.api, desk.rooms).talkTo(user.id)
  app.router.go(roomPath(room.id))
}

/** What that is called on a button. */
export function talkWords({ kind, display_name }: Pick<User, 'kind' | 'display_name'>): string {
  return kind === 'agent' ? `Talk to ${display_name} alone` : `Message ${display_name}`
}
