import type { MyRoom, RoomPreferences } from '../../shared/rooms.ts'
import type { User } from '../../shared/users.ts'
import type { Caller } from '../api.ts'

export const roomListCalls = ({ call }: Caller) => ({
  prefer: (room_id: string, wanted: RoomPreferences) =>
    call<{ room: MyRoom }>('PATCH', `/api/rooms/${encodeURIComponent(room_id)}/preferences`, wanted),
  putInOrder: (room_ids: string[]) => call<{ rooms: MyRoom[] }>('PUT', '/api/rooms/order', { room_ids }),
  talkTo: (user_id: string) => call<{ room: MyRoom }>('POST', '/api/rooms/direct', { user_id }),
  people: () => call<{ people: User[] }>('GET', '/api/people'),
})
