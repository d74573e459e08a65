import { and, eq, ne } from 'drizzle-orm'
import type { ProfileChange } from '../../shared/users.ts'
import type { Query, Tables } from '../db/database.ts'
import type { Emit, Log } from '../events/log.ts'
import { invalid, Problem } from '../http/problems.ts'
import { isReserved } from './handles.ts'
import { presentUser, type UserRow } from './present.ts'
import type { Viewer } from './sessions.ts'

/** Changes what others see of a person, and tells them. Nothing is told where nothing changes. */
export async function changeProfile(
  log: Log,
  tables: Tables,
  { user }: Viewer,
  change: ProfileChange,
): Promise<UserRow> {
  return log.write(async (tx, emit) => {
    const now = await selfWithin(tx, tables, user.id)
    const { display_name = now.display_name, handle = now.handle } = change
    if (display_name === now.display_name && handle === now.handle) return now
    if (handle !== now.handle) await requireFree(tx, tables, user.id, handle)
    return updateWithin(tx, emit, tables, user.id, { display_name, handle })
  })
}

/** The row as it is at the moment of the write. */
export async function selfWithin(tx: Query, { users }: Tables, user_id: string): Promise<UserRow> {
  const [row] = await tx.select().from(users).where(eq(users.id, user_id))
  if (!row) throw new Problem(401, 'not_signed_in', 'Sign in to continue.')
  return row
}

export async function updateWithin(
  tx: Query,
  emit: Emit,
  { users }: Tables,
  user_id: string,
  change: Partial<UserRow>,
): Promise<UserRow> {
  const [changed] = await tx.update(users).set(change).where(eq(users.id, user_id)).returning()
  if (!changed) throw new Error('The account was not changed')
  await emit({ type: 'user.updated', subject_id: changed.id, data: { user: presentUser(changed) } })
  return changed
}

async function requireFree(tx: Query, { users }: Tables, user_id: string, handle: string) {
  if (isReserved(handle)) throw invalid('handle', 'This handle is reserved.', 'handle_reserved')
  const taken = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.handle, handle), ne(users.id, user_id)))
  if (taken.length === 0) return
  const { extra } = invalid('handle', 'Somebody else has this handle')
  throw new Problem(409, 'handle_taken', 'Somebody else has this handle.', extra)
}
