import type { Member, MyRoom, Room } from '../../shared/rooms.ts'
import { presentUser, type UserRow } from '../accounts/present.ts'
import type { Tables } from '../db/database.ts'

export type RoomRow = Tables['rooms']['$inferSelect']
export type MemberRow = Tables['room_members']['$inferSelect']
export type Unread = { unread_count: number; mention_count: number; last_read_seq: number }

export function presentRoom(row: RoomRow, member_count: number): Room {
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
  }
}

export function presentMyRoom(row: RoomRow, member_count: number, unread: Unread): MyRoom {
  return { ...presentRoom(row, member_count), ...unread }
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
