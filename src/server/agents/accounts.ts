import { eq } from 'drizzle-orm'
import { presentUser, type UserRow } from '../accounts/present.ts'
import type { Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import type { Profile } from './agent.ts'

/** The account under which an agent speaks, made at its first start and renamed with its profile. */
export async function ensureAccount(log: Log, { users }: Tables, { handle, display_name }: Profile): Promise<UserRow> {
  return log.write(async (tx, emit) => {
    const [known] = await tx.select().from(users).where(eq(users.handle, handle))
    if (known && known.kind !== 'agent') throw new Error(`The handle @${handle} belongs to a person`)
    if (known && known.display_name === display_name) return known
    const [account] = known
      ? await tx.update(users).set({ display_name }).where(eq(users.id, known.id)).returning()
      : await tx
          .insert(users)
          .values({
            id: Bun.randomUUIDv7(),
            kind: 'agent',
            role: 'agent',
            handle,
            display_name,
            created_at: Date.now(),
          })
          .returning()
    if (!account) throw new Error('The account of an agent was not stored')
    await emit({ type: 'user.updated', subject_id: account.id, data: { user: presentUser(account) } })
    return account
  })
}
