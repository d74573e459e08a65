import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Room } from '../../shared/rooms.ts'
import { hashOfToken } from '../accounts/one-time-token.ts'
import { presentUser, type UserRow } from '../accounts/present.ts'
import type { Query, Tables } from '../db/database.ts'
import type { Emit } from '../events/log.ts'
import { Problem } from '../http/problems.ts'
import { describeRoom } from '../rooms/lists.ts'
import { admit, isMember } from '../rooms/membership.ts'
import { findInvites, inviteNotFound, isOpen } from './open.ts'
import { presentInvite } from './present.ts'

/**
 * Puts somebody into the room that the token opens: the use, the membership and both events in one write. For a member
 * nothing changes and no use is spent, so an answer that was lost can be asked for again. An email address on an invite says
 * where it was sent, not who may come: mail is forwarded. A key on it is a lock.
 */
export async function acceptInvite(tx: Query, tables: Tables, emit: Emit, user: UserRow, token: string): Promise<Room> {
  const { invites, rooms } = tables
  const [found] = await findInvites(
    tx,
    tables,
    and(eq(invites.token_hash, hashOfToken(token)), isNull(rooms.deleted_at)),
  )
  if (!found) throw inviteNotFound()
  const { room, inviter } = found
  if (await isMember(tx, tables, user.id, room.id)) return describeRoom(tx, tables, room)
  const [invite] = await tx
    .update(invites)
    .set({ uses: sql`${invites.uses} + 1` })
    .where(and(eq(invites.id, found.invite.id), isOpen(tx, tables)))
    .returning()
  if (!invite) throw inviteNotFound()
  // Thrown within the write, so the use is given back.
  if (invite.nostr_pubkey !== null && invite.nostr_pubkey !== user.nostr_pubkey)
    throw new Problem(403, 'wrong_key', 'This invite is for the holder of another Nostr key.')
  const joined = await admit(tx, tables, emit, user, room)
  const data = { room_id: room.id, invite: presentInvite({ invite, inviter }, true), user: presentUser(user) }
  await emit({ type: 'invite.accepted', room_id: room.id, user_id: inviter.id, data })
  return joined
}
