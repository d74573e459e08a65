import type { Member, MyRoom, Room } from '../../shared/rooms.ts'
import type { User } from '../../shared/users.ts'
import { presentUser, type UserRow } from '../accounts/present.ts'
import type { Tables } from '../db/database.ts'

export type RoomRow = Tables['rooms']['$inferSelect']
export type MemberRow = Tables['room_members']['$inferSelect']
export type Unread = { unread_count: number; mention_count: number }

/** `direct`: the two of a direct room; see `directPeople`. */
export function presentRoom(row: RoomRow, member_count: number, direct: User[] | null = null): Room {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    model_id: row.model_id,
    ai_mode: row.ai_mode,
    system_prompt: row.system_prompt,
    visibility: row.visibility,
    created_by: row.created_by,
    created_at: new Date(row.created_at).toISOString(),
    deleted_at: row.deleted_at === null ? null : new Date(row.deleted_at).toISOString(),
    last_seq: row.last_seq,
    last_message_at: row.last_message_at === null ? null : new Date(row.last_message_at).toISOString(),
    member_count,
    direct,
  }
}

export function presentMyRoom(room: Room, membership: MemberRow, unread: Unread): MyRoom {
  return {
    ...room,
    ...unread,
    last_read_seq: membership.last_read_seq,
    ...presentPreferences(membership, room.last_seq),
  }
}

export function presentPreferences({ notify, is_favourite, position, closed_seq }: MemberRow, last_seq: number) {
  return { notify, is_favourite, position, is_closed: closed_seq !== null && closed_seq >= last_seq }
}

export function presentMember(row: MemberRow, user: UserRow): Member {
  return {
    user: presentUser(user),
    role: row.role,
    is_muted: row.is_muted,
    joined_at: new Date(row.joined_at).toISOString(),
    last_read_seq: row.last_read_seq,
  }
}
