import { and, eq, ne } from 'drizzle-orm'
import type { Tables } from '../../db/database.ts'
import type { Log } from '../../events/log.ts'
import { Problem } from '../../http/problems.ts'
import { presentUser, type UserRow } from '../present.ts'

/** Lets a key that has been proven open this account, or none any more; a key opens one account. */
export async function linkKey(log: Log, { users }: Tables, user_id: string, nostr_pubkey: string | null) {
  return log.write(async (tx, emit): Promise<UserRow> => {
    if (nostr_pubkey !== null) {
      const others = and(eq(users.nostr_pubkey, nostr_pubkey), ne(users.id, user_id))
      const taken = await tx.select({ id: users.id }).from(users).where(others)
      if (taken.length > 0) throw new Problem(409, 'key_taken', 'This key belongs to another account.')
    }
    const [before] = await tx.select().from(users).where(eq(users.id, user_id))
    if (!before) throw new Problem(401, 'not_signed_in', 'Sign in to continue.')
    if (nostr_pubkey === null && before.password_hash === null)
      throw new Problem(409, 'only_key', 'This key is the only way into your account.')
    if (before.nostr_pubkey === nostr_pubkey) return before
    const [user] = await tx.update(users).set({ nostr_pubkey }).where(eq(users.id, user_id)).returning()
    if (!user) throw new Error('The key was not stored')
    await emit({ type: 'user.updated', subject_id: user.id, data: { user: presentUser(user) } })
    return user
  })
}
