import { and, asc, eq, inArray, isNull, ne, or } from 'drizzle-orm'
import type { User } from '../../shared/users.ts'
import { presentUser, type UserRow } from '../accounts/present.ts'
import type { Database, Query, Tables } from '../db/database.ts'

/** Whom the viewer can turn to: everybody they share a room with, and every assistant. */
export async function peopleAround({ read, tables }: Database, viewer_id: string): Promise<User[]> {
  const rows = await around(read, tables, viewer_id)
  return rows.map(presentUser)
}

/** One of them, null for somebody whom the viewer has not met. */
export async function personAround(
  query: Query,
  tables: Tables,
  viewer_id: string,
  id: string,
): Promise<UserRow | null> {
  const [found] = await around(query, tables, viewer_id, id)
  return found ?? null
}

function around(query: Query, { users, rooms, room_members }: Tables, viewer_id: string, id?: string) {
  const mine = query
    .select({ id: room_members.room_id })
    .from(room_members)
    .innerJoin(rooms, eq(rooms.id, room_members.room_id))
    .where(and(eq(room_members.user_id, viewer_id), isNull(rooms.deleted_at)))
  const met = query.select({ id: room_members.user_id }).from(room_members).where(inArray(room_members.room_id, mine))
  return query
    .select()
    .from(users)
    .where(
      and(
        isNull(users.disabled_at),
        ne(users.id, viewer_id),
        or(eq(users.kind, 'agent'), inArray(users.id, met)),
        id === undefined ? undefined : eq(users.id, id),
      ),
    )
    .orderBy(asc(users.display_name), asc(users.id))
}
