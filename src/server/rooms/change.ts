import { eq } from 'drizzle-orm'
import type { Room, RoomChange } from '../../shared/rooms.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { roomToManage } from './access.ts'
import { requireModel } from './create.ts'
import { requireNotDirect } from './direct.ts'
import { describeRoom } from './lists.ts'
import type { ModelCatalog } from './models.ts'
import type { RoomRow } from './present.ts'

/** Changes a room's settings, for its owner or an admin. What stays the same is not announced. */
export async function changeRoom(
  log: Log,
  tables: Tables,
  catalog: ModelCatalog,
  { user }: Viewer,
  room_id: string,
  change: RoomChange,
): Promise<Room> {
  const models = change.model_id === undefined ? null : await catalog.models()
  return log.write(async (tx, emit) => {
    const before = await roomToManage(tx, tables, user, room_id)
    const news = changedFields(before, change)
    if (news.name !== undefined || news.visibility !== undefined)
      requireNotDirect(before, 'A direct conversation goes by the names of its two people, and stays between them.')
    if (Object.keys(news).length === 0) return describeRoom(tx, tables, before)
    if (news.model_id !== undefined && models) requireModel(models, news.model_id)
    const [row] = await tx.update(tables.rooms).set(news).where(eq(tables.rooms.id, room_id)).returning()
    if (!row) throw new Error('The room was not changed')
    const room = await describeRoom(tx, tables, row)
    await emit({ type: 'room.updated', room_id, data: { room_id, room } })
    return room
  })
}

function changedFields(room: RoomRow, change: RoomChange): RoomChange {
  const entries = Object.entries(change) as [keyof RoomChange, never][]
  return Object.fromEntries(entries.filter(([field, value]) => value !== undefined && room[field] !== value))
}
