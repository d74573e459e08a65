import { and, eq, isNull } from 'drizzle-orm'
import type { UserRow } from '../accounts/present.ts'
import type { Database } from '../db/database.ts'
import { Problem } from '../http/problems.ts'
import { findInvites, inviteNotFound } from './open.ts'

/** Ends an invite, for whoever made it, the owner of its room or an admin. Doing so twice changes nothing. */
export async function revokeInvite(db: Database, viewer: UserRow, invite_id: string): Promise<void> {
  const { invites, room_members } = db.tables
  await db.write(async tx => {
    const [found] = await findInvites(tx, db.tables, eq(invites.id, invite_id))
    if (!found) throw inviteNotFound()
    if (found.inviter.id !== viewer.id && viewer.role !== 'admin') {
      const mine = and(eq(room_members.room_id, found.room.id), eq(room_members.user_id, viewer.id))
      const [membership] = found.room.deleted_at === null ? await tx.select().from(room_members).where(mine) : []
      if (!membership) throw inviteNotFound()
      if (membership.role !== 'owner')
        throw new Problem(403, 'not_your_invite', 'Only its maker, the owner of the room or an admin can do this.')
    }
    await tx
      .update(invites)
      .set({ revoked_at: Date.now() })
      .where(and(eq(invites.id, invite_id), isNull(invites.revoked_at)))
  })
}
