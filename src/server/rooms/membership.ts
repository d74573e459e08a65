import { and, asc, desc, eq, isNull } from 'drizzle-orm'
import type { LastingData } from '../../shared/events.ts'
import type { Room } from '../../shared/rooms.ts'
import type { UserRow } from '../accounts/present.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Query, Tables } from '../db/database.ts'
import type { Emit, Log } from '../events/log.ts'
import { notFound, Problem } from '../http/problems.ts'
import { roomOf } from './access.ts'
import { requireNotDirect } from './direct.ts'
import { describeRoom } from './lists.ts'
import { presentMember, type RoomRow } from './present.ts'

/** Joins a public room. Joining twice changes nothing; a private room does not exist for a stranger. */
export async function join(log: Log, tables: Tables, { user }: Viewer, room_id: string): Promise<Room> {
  const { rooms } = tables
  return log.write(async (tx, emit) => {
    const [room] = await tx
      .select()
      .from(rooms)
      .where(and(eq(rooms.id, room_id), isNull(rooms.deleted_at)))
    if (!room) throw notFound('room')
    if (await isMember(tx, tables, user.id, room_id)) return describeRoom(tx, tables, room)
    if (room.visibility !== 'public') throw notFound('room')
    return admit(tx, tables, emit, user, room)
  })
}

export async function isMember(query: Query, { room_members }: Tables, user_id: string, room_id: string) {
  const found = await query
    .select({ user_id: room_members.user_id })
    .from(room_members)
    .where(and(eq(room_members.room_id, room_id), eq(room_members.user_id, user_id)))
  return found.length > 0
}

/** Puts somebody into a room, within a write that has found out that they may and that they are not in it. */
export async function admit(tx: Query, tables: Tables, emit: Emit, user: UserRow, room: RoomRow): Promise<Room> {
  const { room_members } = tables
  const room_id = room.id
  const [owner] = await tx
    .select({ user_id: room_members.user_id })
    .from(room_members)
    .where(and(eq(room_members.room_id, room_id), eq(room_members.role, 'owner')))
  const [membership] = await tx
    .insert(room_members)
    .values({
      room_id,
      user_id: user.id,
      role: owner ? 'member' : 'owner',
      is_muted: owner !== undefined && (await leftMuted(tx, tables, user.id, room_id)),
      joined_at: Date.now(),
      // What was said before they came is history, not a pile of unread messages.
      last_read_seq: room.last_seq,
    })
    .returning()
  if (!membership) throw new Error('The membership was not stored')
  const member = presentMember(membership, user)
  await emit({ type: 'member.joined', room_id, subject_id: user.id, data: { room_id, member } })
  return describeRoom(tx, tables, room)
}

/** Whoever leaves muted comes back muted, by which door ever. What they were when they left is in the log alone. */
async function leftMuted(tx: Query, { events }: Tables, user_id: string, room_id: string): Promise<boolean> {
  const [left] = await tx
    .select({ data: events.data })
    .from(events)
    .where(and(eq(events.subject_id, user_id), eq(events.room_id, room_id), eq(events.type, 'member.left')))
    .orderBy(desc(events.id))
    .limit(1)
  return left !== undefined && (left.data as LastingData['member.left']).member.is_muted
}

/** Leaves a room. An owner hands it on. */
export async function leave(log: Log, tables: Tables, { user }: Viewer, room_id: string): Promise<void> {
  await log.write(async (tx, emit) => {
    const { room, membership } = await roomOf(tx, tables, user.id, room_id)
    requireNotDirect(room, 'A direct conversation cannot be left. Close it instead.')
    const { room_members } = tables
    await tx.delete(room_members).where(and(eq(room_members.room_id, room_id), eq(room_members.user_id, user.id)))
    const member = presentMember(membership, user)
    await emit({ type: 'member.left', room_id, subject_id: user.id, data: { room_id, member } })
    if (membership.role === 'owner') await handOver(tx, tables, emit, room_id)
  })
}

/**
 * To whoever has been there longest, rather to somebody with a voice; who had none gets it back. Not to an account that is
 * disabled: where there is no other, the room waits for whoever joins next, or for an admin to give it to somebody.
 */
async function handOver(tx: Query, { room_members, users }: Tables, emit: Emit, room_id: string) {
  const [heir] = await tx
    .select({ user: users })
    .from(room_members)
    .innerJoin(users, eq(users.id, room_members.user_id))
    .where(and(eq(room_members.room_id, room_id), eq(users.kind, 'human'), isNull(users.disabled_at)))
    .orderBy(asc(room_members.is_muted), asc(room_members.joined_at))
    .limit(1)
  if (!heir) return
  const [membership] = await tx
    .update(room_members)
    .set({ role: 'owner', is_muted: false })
    .where(and(eq(room_members.room_id, room_id), eq(room_members.user_id, heir.user.id)))
    .returning()
  if (!membership) return
  const member = presentMember(membership, heir.user)
  await emit({ type: 'member.updated', room_id, subject_id: heir.user.id, data: { room_id, member } })
}

export function mutedProblem(): Problem {
  return new Problem(403, 'muted', 'You are muted in this room: you can read, but not post.')
}
