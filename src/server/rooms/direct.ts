import { and, eq, isNotNull } from 'drizzle-orm'
import type { MyRoom } from '../../shared/rooms.ts'
import type { UserRow } from '../accounts/present.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import type { Emit, Log } from '../events/log.ts'
import { invalid, notFound, Problem } from '../http/problems.ts'
import { describeRoom, directKey, myRooms } from './lists.ts'
import type { ModelCatalog } from './models.ts'
import { personAround } from './people.ts'
import { presentMember, presentPreferences, type RoomRow } from './present.ts'

/**
 * The room of the viewer and one other, made when they first turn to each other. Two people own it together; with an
 * assistant the viewer is alone in it, and it answers always.
 */
export async function directRoom(
  db: Database,
  log: Log,
  catalog: ModelCatalog,
  { user }: Viewer,
  user_id: string,
): Promise<{ room: MyRoom; created: boolean }> {
  const { default_model_id } = await catalog.models()
  const { id, created } = await log.write(async (tx, emit) => {
    if (user_id === user.id) throw invalid('user_id', 'A direct conversation needs somebody else.')
    const earlier = await existing(tx, db.tables, user.id, user_id)
    if (earlier) return { id: await opened(tx, emit, db.tables, earlier, user.id), created: false }
    const other = await personAround(tx, db.tables, user.id, user_id)
    if (!other) throw notFound('user')
    return { id: await begun(tx, emit, db.tables, user, other, default_model_id), created: true }
  })
  const [room] = await myRooms(db, user.id, id)
  if (!room) throw notFound('room')
  return { room, created }
}

/** Throws for what cannot be done with a direct room. */
export function requireNotDirect({ direct_key }: RoomRow, words: string): void {
  if (direct_key) throw new Problem(409, 'direct_room', words)
}

async function existing(tx: Query, { rooms }: Tables, one: string, other: string): Promise<RoomRow | null> {
  const [room] = await tx
    .select()
    .from(rooms)
    .where(eq(rooms.direct_key, directKey(one, other)))
  if (room?.deleted_at) throw new Problem(409, 'room_deleted', 'An administrator has deleted this conversation.')
  return room ?? null
}

/** Whoever comes back to it wants it in their list again, in all their tabs. */
async function opened(
  tx: Query,
  emit: Emit,
  { room_members }: Tables,
  room: RoomRow,
  user_id: string,
): Promise<string> {
  const room_id = room.id
  const [row] = await tx
    .update(room_members)
    .set({ closed_seq: null })
    .where(
      and(eq(room_members.room_id, room_id), eq(room_members.user_id, user_id), isNotNull(room_members.closed_seq)),
    )
    .returning()
  if (!row) return room_id
  const data = { room_id, user_id, ...presentPreferences(row, room.last_seq) }
  await emit({ type: 'preferences.updated', room_id, user_id, data })
  return room_id
}

async function begun(tx: Query, emit: Emit, tables: Tables, user: UserRow, other: UserRow, model_id: string) {
  const { rooms, room_members } = tables
  const now = Date.now()
  const [row] = await tx
    .insert(rooms)
    .values({
      id: Bun.randomUUIDv7(),
      name: `${user.display_name} and ${other.display_name}`,
      model_id,
      ai_mode: other.kind === 'agent' ? 'always' : 'mention',
      system_prompt: '',
      visibility: 'private',
      created_by: user.id,
      created_at: now,
      direct_key: directKey(user.id, other.id),
    })
    .returning()
  if (!row) throw new Error('The room was not stored')
  const room_id = row.id
  for (const person of [user, other].filter(({ kind }) => kind === 'human')) {
    const [membership] = await tx
      .insert(room_members)
      .values({ room_id, user_id: person.id, role: 'owner', joined_at: now, notify: 'everything' })
      .returning()
    if (!membership) throw new Error('The membership was not stored')
    const member = presentMember(membership, person)
    await emit({ type: 'member.joined', room_id, subject_id: person.id, data: { room_id, member } })
  }
  const room = await describeRoom(tx, tables, row)
  await emit({ type: 'room.created', room_id, data: { room_id, room } })
  return room_id
}
