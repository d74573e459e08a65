import type { StreamEvent } from '../../shared/events.ts'
import type { Message } from '../../shared/messages.ts'
import type { User } from '../../shared/users.ts'
import type { Api } from '../api.ts'
import { createOpenRoom, type OpenRoom } from './open-room.ts'
import type { Outbox } from './outbox.ts'
import type { Rooms } from './rooms.ts'

/** Rooms visited last stay as they were left, kept true by the stream. */
const REMEMBERED = 8

export type OpenRooms = ReturnType<typeof createOpenRooms>

export function createOpenRooms(surroundings: { api: Api; rooms: Rooms; outbox: Outbox; me: User; window: Window }) {
  let remembered: OpenRoom[] = []
  let ready = false

  return {
    /** The room, from memory where possible; with a message in mind, opened around that one. */
    visit(room_id: string, message_id: string | null = null): OpenRoom {
      const room = remembered.find(one => one.id === room_id) ?? createOpenRoom(room_id, surroundings)
      remembered = [...remembered.filter(one => one !== room), room].slice(-REMEMBERED)
      room.aim(message_id)
      if (ready) void room.enter()
      return room
    },
    forget(room_id: string) {
      remembered = remembered.filter(room => room.id !== room_id)
    },
    apply(event: StreamEvent) {
      const room_id = 'room_id' in event.data ? event.data.room_id : null
      for (const room of remembered) if (room_id === null || room.id === room_id) room.apply(event)
    },
    /** Nothing that was loaded can be relied upon: the latest room anew, the others when they are visited. */
    reload() {
      ready = true
      remembered = remembered.slice(-1)
      for (const room of remembered) void room.enter({ afresh: true })
    },
    deliver(message: Message) {
      remembered.find(room => room.id === message.room_id)?.timeline.deliver(message)
    },
    /** What is on its way to the room has changed. */
    renewOutgoing(room_id: string) {
      remembered.find(room => room.id === room_id)?.timeline.renewOutgoing()
    },
  }
}
