import { and, eq, inArray, isNotNull, isNull, notInArray, or, type SQL } from 'drizzle-orm'
import { MESSAGE_EVENTS } from '../../shared/events.ts'
import type { Database } from '../db/database.ts'
import type { Subscription } from './connection.ts'

/**
 * Which events of the log this stream may see, by the memberships of this very moment: what was missed in a room that the
 * person has since left stays unseen, but that they left it is told. Of a room that is deleted it is told that it is, and nothing
 * that was said there.
 */
export function mayRead({ read, tables }: Database, { user_id, only }: Subscription): SQL | undefined {
  const { events, rooms, room_members } = tables
  const mine = read
    .select({ id: room_members.room_id })
    .from(room_members)
    .where(and(eq(room_members.user_id, user_id), only ? eq(room_members.room_id, only) : undefined))
  const aboutMe = and(eq(events.subject_id, user_id), only ? eq(events.room_id, only) : undefined)
  const people = read.select({ id: room_members.user_id }).from(room_members).where(inArray(room_members.room_id, mine))
  const gone = read.select({ id: rooms.id }).from(rooms).where(isNotNull(rooms.deleted_at))
  return and(
    or(isNull(events.user_id), eq(events.user_id, user_id)),
    or(notInArray(events.type, [...MESSAGE_EVENTS]), notInArray(events.room_id, gone)),
    or(inArray(events.room_id, mine), aboutMe, and(isNull(events.room_id), inArray(events.subject_id, people))),
  )
}

/** The rooms whose events the stream gets. */
export async function roomsOf({ read, tables }: Database, { user_id, only }: Subscription): Promise<string[]> {
  const { room_members } = tables
  const rows = await read
    .select({ id: room_members.room_id })
    .from(room_members)
    .where(and(eq(room_members.user_id, user_id), only ? eq(room_members.room_id, only) : undefined))
  return rows.map(row => row.id)
}

export async function deletedRooms({ read, tables: { rooms } }: Database): Promise<string[]> {
  const rows = await read.select({ id: rooms.id }).from(rooms).where(isNotNull(rooms.deleted_at))
  return rows.map(row => row.id)
}

export async function peopleOf({ read, tables }: Database, room_id: string): Promise<string[]> {
  const { room_members } = tables
  const rows = await read
    .select({ id: room_members.user_id })
    .from(room_members)
    .where(eq(room_members.room_id, room_id))
  return rows.map(row => row.id)
}
