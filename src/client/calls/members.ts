import type { Cleared, Member, MemberChange } from '../../shared/rooms.ts'
import type { Caller } from '../api.ts'

const room = (id: string) => `/api/rooms/${encodeURIComponent(id)}`
const member = (room_id: string, user_id: string) => `${room(room_id)}/members/${encodeURIComponent(user_id)}`

export const memberCalls = ({ call }: Caller) => ({
  change: (room_id: string, user_id: string, change: MemberChange) =>
    call<{ member: Member }>('PATCH', member(room_id, user_id), change),
  remove: (room_id: string, user_id: string) => call<void>('DELETE', member(room_id, user_id)),
  clear: (room_id: string) => call<Cleared>('POST', `${room(room_id)}/clear`),
  deleteRoom: (room_id: string) => call<void>('DELETE', room(room_id)),
})
