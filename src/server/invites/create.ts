import { INVITE_DAYS } from '../../shared/invites.ts'
import { hashOfToken, newToken } from '../accounts/one-time-token.ts'
import type { UserRow } from '../accounts/present.ts'
import type { Database } from '../db/database.ts'
import { Problem } from '../http/problems.ts'
import { roomOf } from '../rooms/access.ts'
import { requireNotDirect } from '../rooms/direct.ts'
import type { Found } from './open.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export type Wanted = {
  room_id: string
  email?: string
  nostr_pubkey?: string
  expires_in_days?: number
  max_uses?: number
}

/** Makes an invite into a room of one's own. The token is in the answer and nowhere else. */
export async function createInvite(
  db: Database,
  user: UserRow,
  { room_id, email, nostr_pubkey, expires_in_days = INVITE_DAYS, max_uses = 1 }: Wanted,
): Promise<Found & { token: string }> {
  const token = newToken()
  return db.write(async tx => {
    const { room, membership } = await roomOf(tx, db.tables, user.id, room_id)
    requireNotDirect(room, 'A direct conversation has two people. Make a room to bring in others.')
    if (membership.is_muted)
      throw new Problem(403, 'muted', 'You are muted in this room: you can read, but not invite anybody.')
    const now = Date.now()
    const [invite] = await tx
      .insert(db.tables.invites)
      .values({
        id: Bun.randomUUIDv7(),
        room_id: room.id,
        token_hash: hashOfToken(token),
        created_by: user.id,
        email: email ?? null,
        nostr_pubkey: nostr_pubkey ?? null,
        max_uses,
        created_at: now,
        expires_at: now + expires_in_days * DAY_MS,
      })
      .returning()
    if (!invite) throw new Error('The invite was not stored')
    return { invite, room, inviter: user, token }
  })
}
