import type { ModelList, NewRoom, Room } from '../../shared/rooms.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { invalid } from '../http/problems.ts'
import type { ModelCatalog } from './models.ts'
import { presentMember, presentRoom } from './present.ts'

/** Creates a room that its creator owns. */
export async function createRoom(
  log: Log,
  { rooms, room_members }: Tables,
  catalog: ModelCatalog,
  { user }: Viewer,
  wanted: NewRoom,
): Promise<Room> {
  requireModel(await catalog.models(), wanted.model_id)
  return log.write(async (tx, emit) => {
    const now = Date.now()
    const [row] = await tx
      .insert(rooms)
      .values({ id: Bun.randomUUIDv7(), ...wanted, created_by: user.id, created_at: now })
      .returning()
    if (!row) throw new Error('The room was not stored')
    const [membership] = await tx
      .insert(room_members)
      .values({ room_id: row.id, user_id: user.id, role: 'owner', joined_at: now })
      .returning()
    if (!membership) throw new Error('The owner was not stored')
    const room = presentRoom(row, 1)
    const member = presentMember(membership, user)
    await emit({ type: 'member.joined', room_id: room.id, subject_id: user.id, data: { room_id: room.id, member } })
    await emit({ type: 'room.created', room_id: room.id, data: { room_id: room.id, room } })
    return room
  })
}

/** 422 for a model that the provider does not list. */
export function requireModel({ models }: ModelList, model_id: string): void {
  if (!models.some(model => model.id === model_id))
    throw invalid('model_id', 'The provider does not offer this model.', 'unknown_model')
}
