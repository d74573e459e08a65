import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import type { Room } from '../../shared/rooms.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Database, Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { notFound } from '../http/problems.ts'
import { roomToManage } from './access.ts'
import { requireNotDirect } from './direct.ts'
import { describeRoom } from './lists.ts'

/** Hides a room from everybody, for its owner or an admin. Nothing of it is lost: an admin can bring it back. */
export async function deleteRoom(log: Log, tables: Tables, { user }: Viewer, room_id: string): Promise<void> {
  await log.write(async (tx, emit) => {
    const standing = await roomToManage(tx, tables, user, room_id)
    if (user.role !== 'admin') requireNotDirect(standing, 'A direct conversation cannot be deleted. Close it instead.')
    const [row] = await tx
      .update(tables.rooms)
      .set({ deleted_at: Date.now() })
      .where(and(eq(tables.rooms.id, room_id), isNull(tables.rooms.deleted_at)))
      .returning()
    if (!row) throw notFound('room')
    const room = await describeRoom(tx, tables, row)
    await emit({ type: 'room.deleted', room_id, data: { room_id, room } })
  })
}

/** Brings a deleted room back, with its members and everything that was said. */
export async function restoreRoom(log: Log, tables: Tables, room_id: string): Promise<Room> {
  return log.write(async (tx, emit) => {
    const [row] = await tx
      .update(tables.rooms)
      .set({ deleted_at: null })
      .where(and(eq(tables.rooms.id, room_id), isNotNull(tables.rooms.deleted_at)))
      .returning()
    if (!row) throw notFound('room')
    const room = await describeRoom(tx, tables, row)
    await emit({ type: 'room.restored', room_id, data: { room_id, room } })
    return room
  })
}

/** Deletes a deleted room for good, with all that was said in it, its events included. Resolves to the paths of its pictures. */
export async function purgeRoom(db: Database, room_id: string): Promise<string[]> {
  const { rooms, uploads, events } = db.tables
  return db.write(async tx => {
    const [room] = await tx
      .select({ id: rooms.id })
      .from(rooms)
      .where(and(eq(rooms.id, room_id), isNotNull(rooms.deleted_at)))
    if (!room) throw notFound('room')
    const pictures = await tx.select({ path: uploads.path }).from(uploads).where(eq(uploads.room_id, room_id))
    await tx.delete(events).where(eq(events.room_id, room_id))
    await tx.delete(rooms).where(eq(rooms.id, room_id))
    return pictures.map(picture => picture.path)
  })
}
