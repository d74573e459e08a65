import { and, eq, isNull } from 'drizzle-orm'
import type { Query, Tables } from '../db/database.ts'
import { notFound, Problem } from '../http/problems.ts'
import type { MemberRow, RoomRow } from './present.ts'

/**
 * A room as its member finds it. There is no other way to a room's inside: for a stranger, and for everybody once it is
 * deleted, it does not exist (404).
 */
export async function roomOf(
  query: Query,
  { rooms, room_members }: Tables,
  user_id: string,
  room_id: string,
): Promise<{ room: RoomRow; membership: MemberRow }> {
  const [found] = await query
    .select({ room: rooms, membership: room_members })
    .from(room_members)
    .innerJoin(rooms, eq(rooms.id, room_members.room_id))
    .where(and(eq(room_members.room_id, room_id), eq(room_members.user_id, user_id), isNull(rooms.deleted_at)))
  if (!found) throw notFound('room')
  return found
}

/** A room for those who may change it: its owner, or an admin of the server, member or not. */
export async function roomToManage(
  query: Query,
  tables: Tables,
  viewer: { id: string; role: string },
  room_id: string,
): Promise<RoomRow> {
  if (viewer.role === 'admin') {
    const [room] = await query
      .select()
      .from(tables.rooms)
      .where(and(eq(tables.rooms.id, room_id), isNull(tables.rooms.deleted_at)))
    if (!room) throw notFound('room')
    return room
  }
  const { room, membership } = await roomOf(query, tables, viewer.id, room_id)
  if (membership.role !== 'owner')
    throw new Problem(403, 'not_the_owner', 'Only the owner of the room or an admin can do this.')
  return room
}
