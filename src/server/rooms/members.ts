import { and, eq } from 'drizzle-orm'
import type { Member, MemberChange } from '../../shared/rooms.ts'
import type { UserRow } from '../accounts/present.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Query, Tables } from '../db/database.ts'
import type { Emit, Log } from '../events/log.ts'
import { notFound, Problem } from '../http/problems.ts'
import { roomToManage } from './access.ts'
import { requireNotDirect } from './direct.ts'
import { type MemberRow, presentMember } from './present.ts'

type Found = { membership: MemberRow; user: UserRow }

/** Mutes a member or hands the room over, for its owner or an admin. There is one owner, always. */
export async function changeMember(
  log: Log,
  tables: Tables,
  { user: viewer }: Viewer,
  room_id: string,
  user_id: string,
  change: MemberChange,
): Promise<Member> {
  return log.write(async (tx, emit) => {
    const room = await roomToManage(tx, tables, viewer, room_id)
    requireNotDirect(room, 'In a direct conversation both are equals.')
    const found = await memberOf(tx, tables, room_id, user_id)
    if (found.membership.role === 'owner' && (change.role === 'member' || change.is_muted)) throw ownerProblem()
    if (change.role === 'owner') await stepDown(tx, tables, emit, room_id)
    const news = { ...change, ...(change.role === 'owner' && { is_muted: false }) }
    return updateWithin(tx, tables, emit, found, news)
  })
}

/** Removes a member; their streams of the room end with it. */
export async function removeMember(
  log: Log,
  tables: Tables,
  { user: viewer }: Viewer,
  room_id: string,
  user_id: string,
): Promise<void> {
  const { room_members } = tables
  await log.write(async (tx, emit) => {
    const room = await roomToManage(tx, tables, viewer, room_id)
    requireNotDirect(room, 'A direct conversation has two people. Close it instead.')
    const { membership, user } = await memberOf(tx, tables, room_id, user_id)
    if (membership.role === 'owner') throw ownerProblem()
    await tx.delete(room_members).where(and(eq(room_members.room_id, room_id), eq(room_members.user_id, user_id)))
    const member = presentMember(membership, user)
    await emit({ type: 'member.left', room_id, subject_id: user_id, data: { room_id, member } })
  })
}

async function memberOf(tx: Query, { room_members, users }: Tables, room_id: string, user_id: string): Promise<Found> {
  const [found] = await tx
    .select({ membership: room_members, user: users })
    .from(room_members)
    .innerJoin(users, eq(users.id, room_members.user_id))
    .where(and(eq(room_members.room_id, room_id), eq(room_members.user_id, user_id)))
  if (!found) throw notFound('member')
  return found
}

async function stepDown(tx: Query, tables: Tables, emit: Emit, room_id: string) {
  const { room_members, users } = tables
  const owners = await tx
    .select({ membership: room_members, user: users })
    .from(room_members)
    .innerJoin(users, eq(users.id, room_members.user_id))
    .where(and(eq(room_members.room_id, room_id), eq(room_members.role, 'owner')))
  for (const owner of owners) await updateWithin(tx, tables, emit, owner, { role: 'member' })
}

async function updateWithin(
  tx: Query,
  { room_members }: Tables,
  emit: Emit,
  { membership, user }: Found,
  change: MemberChange,
): Promise<Member> {
  const { room_id, user_id } = membership
  const same = (change.role ?? membership.role) === membership.role
  if (same && (change.is_muted ?? membership.is_muted) === membership.is_muted) return presentMember(membership, user)
  const [row] = await tx
    .update(room_members)
    .set(change)
    .where(and(eq(room_members.room_id, room_id), eq(room_members.user_id, user_id)))
    .returning()
  if (!row) throw notFound('member')
  const member = presentMember(row, user)
  await emit({ type: 'member.updated', room_id, subject_id: user_id, data: { room_id, member } })
  return member
}

function ownerProblem(): Problem {
  return new Problem(409, 'needs_an_owner', 'A room needs its owner: hand it over to somebody else first.')
}
