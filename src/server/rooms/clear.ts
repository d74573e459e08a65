import { and, eq, inArray } from 'drizzle-orm'
import { MESSAGE_EVENTS } from '../../shared/events.ts'
import type { Cleared } from '../../shared/rooms.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { roomToManage } from './access.ts'
import { requireNotDirect } from './direct.ts'
import { describeRoom, memberCount } from './lists.ts'

/**
 * Clears away all that was said in a room so far, for its owner or an admin: from now on nobody finds it, nor do
 * assistants read it. An answer that is being written is given up. An empty room stays as it is. Between two people nobody but
 * an admin does it: both are owners.
 */
export async function clear(log: Log, tables: Tables, { user }: Viewer, room_id: string): Promise<Cleared> {
  const { rooms, events } = tables
  return log.write(async (tx, emit) => {
    const standing = await roomToManage(tx, tables, user, room_id)
    // Whoever is alone with an assistant takes nobody's words away.
    if (user.role !== 'admin' && (await memberCount(tx, tables, room_id)) > 1)
      requireNotDirect(standing, 'A direct conversation cannot be cleared: what the other said is theirs.')
    const { last_seq, cleared_seq } = standing
    // They are counted without a gap.
    const cleared = last_seq - cleared_seq
    if (cleared === 0) return { cleared }
    const [row] = await tx.update(rooms).set({ cleared_seq: last_seq }).where(eq(rooms.id, room_id)).returning()
    if (!row) throw new Error('The room was not cleared')
    // Who resumes from before, or joins later, is not told from the log what was cleared away.
    await tx.delete(events).where(and(eq(events.room_id, room_id), inArray(events.type, MESSAGE_EVENTS)))
    const room = await describeRoom(tx, tables, row)
    await emit({ type: 'room.cleared', room_id, data: { room_id, room, before_seq: last_seq + 1 } })
    return { cleared }
  })
}
