import { and, asc, count, desc, eq, inArray, isNotNull, isNull, notInArray, type SQL, sql } from 'drizzle-orm'
import type { MyRoom, Room, RoomDetails, RoomList } from '../../shared/rooms.ts'
import type { User } from '../../shared/users.ts'
import { presentUser } from '../accounts/present.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import { notFound } from '../http/problems.ts'
import { presentMember, presentMyRoom, presentRoom, type RoomRow } from './present.ts'

export const directKey = (one: string, other: string) => [one, other].sort().join(' ')
const idsOf = ({ direct_key }: RoomRow): string[] => direct_key?.split(' ') ?? []

/** Unread messages are counted up to here; beyond it nobody reads the number. */
export const UNREAD_MAX = 1_000

export async function memberCount(query: Query, { room_members }: Tables, room_id: string): Promise<number> {
  const [row] = await query.select({ n: count() }).from(room_members).where(eq(room_members.room_id, room_id))
  return row?.n ?? 0
}

/** The two people of each direct room, in a few queries however many rooms; null for every other room. */
export async function directPeople(query: Query, { users }: Tables, rooms: RoomRow[]) {
  const ids = [...new Set(rooms.flatMap(room => idsOf(room)))]
  const rows = ids.length ? await query.select().from(users).where(inArray(users.id, ids)) : []
  const byId = new Map(rows.map(row => [row.id, presentUser(row)]))
  return (room: RoomRow): User[] | null => (room.direct_key ? idsOf(room).flatMap(id => byId.get(id) ?? []) : null)
}

/** Rooms as everybody sees them, by their ids, in a few queries however many. */
export async function describeRooms(query: Query, tables: Tables, rows: RoomRow[]): Promise<Map<string, Room>> {
  const { room_members } = tables
  const people = await directPeople(query, tables, rows)
  const ids = [...new Set(rows.map(row => row.id))]
  const counted = ids.length
    ? await query
        .select({ room_id: room_members.room_id, n: count() })
        .from(room_members)
        .where(inArray(room_members.room_id, ids))
        .groupBy(room_members.room_id)
    : []
  const members = new Map(counted.map(({ room_id, n }) => [room_id, n]))
  return new Map(rows.map(row => [row.id, presentRoom(row, members.get(row.id) ?? 0, people(row))]))
}

/** A room as everybody sees it. */
export async function describeRoom(query: Query, tables: Tables, row: RoomRow): Promise<Room> {
  const people = await directPeople(query, tables, [row])
  return presentRoom(row, await memberCount(query, tables, row.id), people(row))
}

/** The greater of two places. Of two lower bounds SQLite's index takes one, and what lies between them is read for nothing. */
export function laterOf(one: SQL, other: SQL): SQL {
  return sql`case when ${one} > ${other} then ${one} else ${other} end`
}

/** The viewer's rooms, or only the one named, newest activity first. */
export async function myRooms({ read, tables }: Database, user_id: string, room_id?: string): Promise<MyRoom[]> {
  const { rooms, room_members, messages, mentions } = tables
  const unread = sql`from ${messages} where ${messages.room_id} = ${rooms.id} and ${messages.seq} > ${laterOf(sql`${room_members.last_read_seq}`, sql`${rooms.cleared_seq}`)}
    and ${messages.sender_id} <> ${user_id} and ${messages.deleted_at} is null`
  const rows = await read
    .select({
      room: rooms,
      membership: room_members,
      member_count: sql<number>`(select count(*) from ${room_members} where ${room_members.room_id} = ${rooms.id})`,
      unread_count: sql<number>`(select count(*) from (select 1 ${unread} limit ${UNREAD_MAX}))`,
      mention_count: sql<number>`(select count(*) from (select 1 from ${mentions} where ${mentions.user_id} = ${user_id} and ${mentions.room_id} = ${rooms.id}
        and ${mentions.seq} > ${room_members.last_read_seq} and ${mentions.seq} > ${rooms.cleared_seq} limit ${UNREAD_MAX}))`,
    })
    .from(room_members)
    .innerJoin(rooms, eq(rooms.id, room_members.room_id))
    .where(
      and(eq(room_members.user_id, user_id), isNull(rooms.deleted_at), room_id ? eq(rooms.id, room_id) : undefined),
    )
    .orderBy(desc(sql`coalesce(${rooms.last_message_at}, ${rooms.created_at})`))
  const people = await directPeople(
    read,
    tables,
    rows.map(({ room }) => room),
  )
  return rows.map(({ room, membership, member_count, ...unread }) =>
    presentMyRoom(presentRoom(room, member_count, people(room)), membership, unread),
  )
}

/** Public rooms that the viewer could join. */
export async function joinableRooms({ read, tables }: Database, user_id: string): Promise<Room[]> {
  const { rooms, room_members } = tables
  const mine = read.select({ id: room_members.room_id }).from(room_members).where(eq(room_members.user_id, user_id))
  const rows = await read
    .select({ room: rooms, member_count: count(room_members.user_id) })
    .from(rooms)
    .leftJoin(room_members, eq(room_members.room_id, rooms.id))
    .where(and(eq(rooms.visibility, 'public'), isNull(rooms.deleted_at), notInArray(rooms.id, mine)))
    .groupBy(rooms.id)
    .orderBy(asc(rooms.name))
  return rows.map(({ room, member_count }) => presentRoom(room, member_count))
}

type PresenceOf = (user_ids: string[]) => RoomDetails['presence']

/** All of the viewer's rooms, and who of the people in the direct ones is there. */
export async function roomList(db: Database, presenceOf: PresenceOf, user_id: string): Promise<RoomList> {
  const rooms = await myRooms(db, user_id)
  const partners = rooms.flatMap(({ direct }) => direct ?? []).map(({ id }) => id)
  return { rooms, presence: presenceOf(partners) }
}

/** One of the viewer's rooms with everybody in it. */
export async function roomDetails(
  db: Database,
  presenceOf: PresenceOf,
  user_id: string,
  room_id: string,
): Promise<RoomDetails> {
  const { users, rooms, room_members } = db.tables
  const [room] = await myRooms(db, user_id, room_id)
  const [emptied] = await db.read.select({ seq: rooms.cleared_seq }).from(rooms).where(eq(rooms.id, room_id))
  if (!room || !emptied) throw notFound('room')
  const members = await db.read
    .select({ membership: room_members, user: users })
    .from(room_members)
    .innerJoin(users, eq(users.id, room_members.user_id))
    .where(eq(room_members.room_id, room_id))
    .orderBy(asc(room_members.joined_at))
  const agents = await db.read
    .select()
    .from(users)
    .where(and(eq(users.kind, 'agent'), isNull(users.disabled_at)))
  return {
    room,
    members: members.map(({ membership, user }) => presentMember(membership, user)),
    agents: agents.map(presentUser),
    presence: presenceOf(members.map(({ user }) => user.id)),
    // They are counted without a gap.
    message_count: Math.max(0, room.last_seq - emptied.seq),
    pin_count: await pinCount(db, room_id),
  }
}

async function pinCount({ read, tables }: Database, room_id: string): Promise<number> {
  const { messages, rooms } = tables
  const [row] = await read
    .select({ n: count() })
    .from(messages)
    .innerJoin(rooms, eq(rooms.id, messages.room_id))
    .where(
      and(eq(messages.room_id, room_id), isNotNull(messages.pinned_at), sql`+${messages.seq} > ${rooms.cleared_seq}`),
    )
  return row?.n ?? 0
}

/** Those whom a message in this room can mention: its members and every agent. */
export async function mentionable(query: Query, { users, room_members }: Tables, room_id: string, handles: string[]) {
  const members = query.select({ id: room_members.user_id }).from(room_members).where(eq(room_members.room_id, room_id))
  return query
    .select({ id: users.id, handle: users.handle })
    .from(users)
    .where(
      and(
        inArray(users.handle, handles),
        isNull(users.disabled_at),
        sql`(${users.kind} = 'agent' or ${users.id} in ${members})`,
      ),
    )
}
