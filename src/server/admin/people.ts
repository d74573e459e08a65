import { and, asc, count, eq, isNull, max, ne } from 'drizzle-orm'
import type { Person, PersonChange } from '../../shared/admin.ts'
import { presentSelf, presentUser, type UserRow } from '../accounts/present.ts'
import type { Sessions } from '../accounts/sessions.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { notFound, Problem } from '../http/problems.ts'

/** Everybody with an account, oldest first. */
export async function listPeople({ read, tables }: Database, user_id?: string): Promise<Person[]> {
  const { users, sessions, room_members } = tables
  const rows = await read
    .select()
    .from(users)
    .where(and(eq(users.kind, 'human'), user_id ? eq(users.id, user_id) : undefined))
    .orderBy(asc(users.created_at))
  const seen = await read
    .select({ user_id: sessions.user_id, created_at: max(sessions.created_at), at: max(sessions.last_seen_at) })
    .from(sessions)
    .groupBy(sessions.user_id)
  const rooms = await read
    .select({ user_id: room_members.user_id, n: count() })
    .from(room_members)
    .groupBy(room_members.user_id)
  const lastSeen = new Map(seen.map(each => [each.user_id, each.at ?? each.created_at]))
  const roomCounts = new Map(rooms.map(each => [each.user_id, each.n]))
  return rows.map(row => {
    const at = lastSeen.get(row.id)
    return {
      ...presentSelf(row),
      disabled_at: row.disabled_at === null ? null : new Date(row.disabled_at).toISOString(),
      last_seen_at: at ? new Date(at).toISOString() : null,
      room_count: roomCounts.get(row.id) ?? 0,
    }
  })
}

/** Makes somebody an admin or not, disables or enables them. Whoever is disabled is signed out everywhere within a second. */
export async function changePerson(
  db: Database,
  log: Log,
  sessions: Pick<Sessions, 'revokeAll'>,
  user_id: string,
  { role, disabled }: PersonChange,
): Promise<Person> {
  const { users } = db.tables
  await log.write(async (tx, emit) => {
    const [before] = await tx
      .select()
      .from(users)
      .where(and(eq(users.id, user_id), eq(users.kind, 'human')))
    if (!before) throw notFound('person')
    const change = {
      role: role ?? before.role,
      disabled_at: disabled === undefined ? before.disabled_at : disabled ? (before.disabled_at ?? Date.now()) : null,
    }
    if (isAdmin(before) && !isAdmin({ ...before, ...change })) await requireAnotherAdmin(tx, db.tables, user_id)
    const [row] = await tx.update(users).set(change).where(eq(users.id, user_id)).returning()
    if (!row) throw notFound('person')
    await emit({ type: 'user.updated', subject_id: user_id, data: { user: presentUser(row) } })
  })
  if (disabled) await sessions.revokeAll(user_id)
  const [person] = await listPeople(db, user_id)
  if (!person) throw notFound('person')
  return person
}

function isAdmin({ role, disabled_at }: Pick<UserRow, 'role' | 'disabled_at'>): boolean {
  return role === 'admin' && disabled_at === null
}

async function requireAnotherAdmin(tx: Query, { users }: Tables, user_id: string) {
  const [other] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'admin'), isNull(users.disabled_at), ne(users.id, user_id)))
    .limit(1)
  if (!other) throw new Problem(409, 'last_admin', 'A server needs an admin: make somebody else one first.')
}
