import { and, eq } from 'drizzle-orm'
import type { Invite, InviteCard } from '../../shared/invites.ts'
import { hashOfToken } from '../accounts/one-time-token.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import { roomOf } from '../rooms/access.ts'
import { type Found, findInvites, inviteNotFound, isOpen } from './open.ts'
import { presentCard, presentInvite } from './present.ts'

/** The open invites of one of the viewer's rooms, without what would open it. */
export async function invitesOf({ read, tables }: Database, user_id: string, room_id: string): Promise<Invite[]> {
  const { room, membership } = await roomOf(read, tables, user_id, room_id)
  const found = await findInvites(read, tables, and(eq(tables.invites.room_id, room.id), isOpen(read, tables)))
  found.sort((a, b) => (a.invite.id < b.invite.id ? 1 : -1))
  return found.map(each => presentInvite(each, membership.role === 'owner' || each.inviter.id === user_id))
}

/** The invite that a token opens: 404 alike for one that never was and one that is over. */
export async function requireOpen(query: Query, tables: Tables, token: string): Promise<Found> {
  const where = and(eq(tables.invites.token_hash, hashOfToken(token)), isOpen(query, tables))
  const [found] = await findInvites(query, tables, where)
  if (!found) throw inviteNotFound()
  return found
}

/** What the holder of a link sees before signing in. Looking spends nothing: mail scanners look too. */
export async function inviteCard({ read, tables }: Database, token: string): Promise<InviteCard> {
  return presentCard(await requireOpen(read, tables, token))
}
