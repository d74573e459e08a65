import { eq } from 'drizzle-orm'
import type { Room } from '../../../shared/rooms.ts'
import type { Log } from '../../events/log.ts'
import { Problem } from '../../http/problems.ts'
import { createAccount, type Door } from '../newcomer.ts'
import type { UserRow } from '../present.ts'
import { nameOfKey } from './keys.ts'

type Wanted = { display_name?: string; invite?: string }

/** The person who holds a key that has been proven, new or known; with an invite they are in its room afterwards. */
export async function signInByKey(
  log: Log,
  door: Door,
  nostr_pubkey: string,
  { display_name = nameOfKey(nostr_pubkey), invite }: Wanted,
): Promise<{ user: UserRow; room?: Room }> {
  const { users } = door.tables
  return log.write(async (tx, emit) => {
    const [user] = await tx.select().from(users).where(eq(users.nostr_pubkey, nostr_pubkey))
    if (!user) return createAccount(tx, emit, door, { display_name, nostr_pubkey }, invite)
    if (user.disabled_at !== null) throw new Problem(401, 'nostr_refused', 'This key does not open an account here.')
    return invite === undefined ? { user } : { user, room: await door.admission.accept(tx, emit, user, invite) }
  })
}
