import { eq } from 'drizzle-orm'
import type { Room } from '../../shared/rooms.ts'
import type { Query, Tables } from '../db/database.ts'
import type { Emit } from '../events/log.ts'
import { Problem } from '../http/problems.ts'
import type { Admission } from './admission.ts'
import { freeHandle } from './handles.ts'
import type { UserRow } from './present.ts'

/** Whether strangers may sign up, and how those with an invite get in. */
export type Door = { tables: Tables; admission: Admission; open: boolean }

type Newcomer = { display_name: string; email?: string; password_hash?: string; nostr_pubkey?: string }

/** Refuses whom the door is closed to, before any work is done for them. The first person comes in always. */
export async function mayEnter(query: Query, { tables, admission, open }: Door, invite?: string): Promise<void> {
  if (invite !== undefined) return admission.check(query, invite)
  if (!open && (await hasPeople(query, tables)))
    throw new Problem(403, 'registration_closed', 'Signing up needs an invitation to this server.')
}

/**
 * An account, and with an invite the room that it opens, in one write: neither without the other. The first account on a
 * server becomes its admin, whether sign-up is open or not.
 */
export async function createAccount(
  tx: Query,
  emit: Emit,
  door: Door,
  newcomer: Newcomer,
  invite?: string,
): Promise<{ user: UserRow; room?: Room }> {
  const { tables, admission } = door
  await mayEnter(tx, door, invite)
  const [user] = await tx
    .insert(tables.users)
    .values({
      id: Bun.randomUUIDv7(),
      kind: 'human',
      handle: await freeHandle(tx, tables, newcomer.display_name),
      role: (await hasPeople(tx, tables)) ? 'member' : 'admin',
      created_at: Date.now(),
      ...newcomer,
    })
    .returning()
  if (!user) throw new Error('The account was not stored')
  return invite === undefined ? { user } : { user, room: await admission.accept(tx, emit, user, invite) }
}

async function hasPeople(query: Query, { users }: Tables): Promise<boolean> {
  const people = await query.select({ id: users.id }).from(users).where(eq(users.kind, 'human')).limit(1)
  return people.length > 0
}
