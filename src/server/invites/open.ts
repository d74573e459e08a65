import { and, eq, exists, gt, isNull, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { UserRow } from '../accounts/present.ts'
import type { Query, Tables } from '../db/database.ts'
import { notFound } from '../http/problems.ts'
import type { RoomRow } from '../rooms/present.ts'

export type InviteRow = Tables['invites']['$inferSelect']
export type Found = { invite: InviteRow; room: RoomRow; inviter: UserRow }

/**
 * An invite that still opens its room: not revoked, expired or used up, the room is there, and whoever made it has been a
 * member ever since. It dies with their leaving, and coming back does not bring it to life.
 */
export function isOpen(query: Query, { invites, rooms, room_members, users }: Tables): SQL | undefined {
  const vouchedFor = query
    .select({ one: sql`1` })
    .from(room_members)
    .innerJoin(users, and(eq(users.id, room_members.user_id), isNull(users.disabled_at)))
    .innerJoin(rooms, and(eq(rooms.id, room_members.room_id), isNull(rooms.deleted_at)))
    .where(
      and(
        eq(room_members.room_id, invites.room_id),
        eq(room_members.user_id, invites.created_by),
        lte(room_members.joined_at, invites.created_at),
      ),
    )
  return and(
    isNull(invites.revoked_at),
    gt(invites.expires_at, Date.now()),
    lt(invites.uses, invites.max_uses),
    exists(vouchedFor),
  )
}

/** Invites with the room and the person behind them. */
export function findInvites(query: Query, { invites, rooms, users }: Tables, where: SQL | undefined): Promise<Found[]> {
  return query
    .select({ invite: invites, room: rooms, inviter: users })
    .from(invites)
    .innerJoin(rooms, eq(rooms.id, invites.room_id))
    .innerJoin(users, eq(users.id, invites.created_by))
    .where(where)
}

export function inviteNotFound() {
  return notFound('invite')
}
