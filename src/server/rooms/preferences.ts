import { and, eq, isNull } from 'drizzle-orm'
import type { MyRoom, RoomPreferences } from '../../shared/rooms.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import type { Emit, Log } from '../events/log.ts'
import { invalid, notFound, Problem } from '../http/problems.ts'
import { roomOf } from './access.ts'
import { myRooms } from './lists.ts'
import { type MemberRow, presentPreferences, type RoomRow } from './present.ts'

type Change = Partial<Pick<MemberRow, 'notify' | 'is_favourite' | 'position' | 'closed_seq'>>

/** How the viewer wants one of their rooms; nobody but their own tabs hears of it. */
export async function prefer(
  db: Database,
  log: Log,
  { user }: Viewer,
  room_id: string,
  { is_closed, ...wanted }: RoomPreferences,
): Promise<MyRoom> {
  await log.write(async (tx, emit) => {
    const { room, membership } = await roomOf(tx, db.tables, user.id, room_id)
    if (is_closed && !room.direct_key)
      throw new Problem(409, 'not_a_direct_room', 'Only a direct conversation can be closed. Leave the room instead.')
    const closing = is_closed === undefined ? {} : { closed_seq: is_closed ? room.last_seq : null }
    await change(tx, emit, db.tables, room, membership, { ...wanted, ...closing })
  })
  const [room] = await myRooms(db, user.id, room_id)
  if (!room) throw notFound('room')
  return room
}

/** Puts the viewer's rooms into an order of their own; rooms that are not named lose their place and go by name. */
export async function putInOrder(db: Database, log: Log, { user }: Viewer, room_ids: string[]): Promise<MyRoom[]> {
  const { rooms, room_members } = db.tables
  await log.write(async (tx, emit) => {
    const mine = await tx
      .select({ room: rooms, membership: room_members })
      .from(room_members)
      .innerJoin(rooms, eq(rooms.id, room_members.room_id))
      .where(and(eq(room_members.user_id, user.id), isNull(rooms.deleted_at)))
    const places = new Map(room_ids.map((id, place) => [id, place]))
    const known = new Set(mine.map(({ room }) => room.id))
    if (places.size < room_ids.length) throw invalid('room_ids', 'A room is named twice.')
    if (room_ids.some(id => !known.has(id))) throw invalid('room_ids', 'You are not in one of these rooms.')
    for (const { room, membership } of mine)
      await change(tx, emit, db.tables, room, membership, { position: places.get(room.id) ?? null })
  })
  return myRooms(db, user.id)
}

/** What stays the same is not announced. */
async function change(
  tx: Query,
  emit: Emit,
  { room_members }: Tables,
  { last_seq }: RoomRow,
  membership: MemberRow,
  wanted: Change,
) {
  const names = Object.keys(wanted) as (keyof Change)[]
  if (names.every(name => wanted[name] === undefined || wanted[name] === membership[name])) return
  const { room_id, user_id } = membership
  const [row] = await tx
    .update(room_members)
    .set(wanted)
    .where(and(eq(room_members.room_id, room_id), eq(room_members.user_id, user_id)))
    .returning()
  if (!row) throw notFound('room')
  const data = { room_id, user_id, ...presentPreferences(row, last_seq) }
  await emit({ type: 'preferences.updated', room_id, user_id, data })
}
