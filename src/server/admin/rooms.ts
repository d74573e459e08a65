import { and, count, desc, eq } from 'drizzle-orm'
import type { AdminRoom } from '../../shared/admin.ts'
import { presentUser } from '../accounts/present.ts'
import type { Database } from '../db/database.ts'
import { presentRoom } from '../rooms/present.ts'

/** Every room there is, deleted ones too, newest first: what they are called and who runs them, nothing of what is said. */
export async function listRooms({ read, tables }: Database): Promise<AdminRoom[]> {
  const { rooms, room_members, users, messages } = tables
  const rows = await read.select().from(rooms).orderBy(desc(rooms.created_at))
  const members = await read
    .select({ room_id: room_members.room_id, n: count() })
    .from(room_members)
    .groupBy(room_members.room_id)
  const said = await read.select({ room_id: messages.room_id, n: count() }).from(messages).groupBy(messages.room_id)
  const owners = await read
    .select({ room_id: room_members.room_id, user: users })
    .from(room_members)
    .innerJoin(users, and(eq(users.id, room_members.user_id), eq(room_members.role, 'owner')))
  const memberCounts = new Map(members.map(each => [each.room_id, each.n]))
  const messageCounts = new Map(said.map(each => [each.room_id, each.n]))
  const owner = new Map(owners.map(each => [each.room_id, presentUser(each.user)]))
  return rows.map(row => ({
    ...presentRoom(row, memberCounts.get(row.id) ?? 0),
    owner: owner.get(row.id) ?? null,
    message_count: messageCounts.get(row.id) ?? 0,
  }))
}
