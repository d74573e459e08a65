import { and, eq, isNull } from 'drizzle-orm'
import type { Database } from '../db/database.ts'

/** The rooms in which somebody is seen. */
export async function roomsOf({ read, tables }: Database, user_id: string): Promise<string[]> {
  const { room_members, rooms } = tables
  const rows = await read
    .select({ id: rooms.id })
    .from(room_members)
    .innerJoin(rooms, and(eq(rooms.id, room_members.room_id), isNull(rooms.deleted_at)))
    .where(eq(room_members.user_id, user_id))
  return rows.map(row => row.id)
}
