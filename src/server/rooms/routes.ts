import { Elysia } from 'elysia'
import { z } from 'zod'
import { ReadMark } from '../../shared/messages.ts'
import {
  Cleared,
  Member,
  MemberChange,
  ModelList,
  NewRoom,
  Room,
  RoomChange,
  RoomDetails,
  RoomList,
} from '../../shared/rooms.ts'
import { RoomUsage } from '../../shared/usage.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { signedIn } from '../http/session.ts'
import { roomOf } from './access.ts'
import { changeRoom } from './change.ts'
import { clear } from './clear.ts'
import { createRoom } from './create.ts'
import { deleteRoom } from './deletion.ts'
import { joinableRooms, roomDetails, roomList } from './lists.ts'
import { changeMember, removeMember } from './members.ts'
import { join, leave, mutedProblem } from './membership.ts'
import { markRead } from './read-mark.ts'
import { usageOf } from './usage.ts'

const TAG = 'Rooms'
const OneRoom = z.object({ room: Room })
const OneMember = z.object({ member: Member })

/** Rooms and who is in them. */
export function roomRoutes({ db, log, bus, catalog, presence, sessions, secure }: Deps) {
  const { tables } = db

  return new Elysia({ prefix: '/api' })
    .use(signedIn(sessions, secure))
    .get('/models', () => catalog.models(), {
      detail: document(TAG, 'The models a room can run on', { 200: ModelList }),
    })
    .get('/rooms', ({ viewer }) => roomList(db, presence.of, viewer.user.id), {
      detail: document(TAG, 'My rooms, with what I have not read', { 200: RoomList }),
    })
    .get('/rooms/directory', async ({ viewer }) => ({ rooms: await joinableRooms(db, viewer.user.id) }), {
      detail: document(TAG, 'Public rooms that I could join', { 200: z.object({ rooms: z.array(Room) }) }),
    })
    .post(
      '/rooms',
      async ({ viewer, body, set }) => {
        const room = await createRoom(log, tables, catalog, viewer, body)
        set.status = 201
        return { room }
      },
      { body: NewRoom, detail: document(TAG, 'Create a room', { 201: OneRoom }) },
    )
    .get('/rooms/:room_id', ({ viewer, params }) => roomDetails(db, presence.of, viewer.user.id, params.room_id), {
      detail: document(TAG, 'One of my rooms and everybody in it', { 200: RoomDetails }),
    })
    .patch(
      '/rooms/:room_id',
      async ({ viewer, params, body }) => ({
        room: await changeRoom(log, tables, catalog, viewer, params.room_id, body),
      }),
      { body: RoomChange, detail: document(TAG, 'Change its settings (owner or admin)', { 200: OneRoom }) },
    )
    .post(
      '/rooms/:room_id/join',
      async ({ viewer, params }) => ({ room: await join(log, tables, viewer, params.room_id) }),
      { detail: document(TAG, 'Join a public room', { 200: OneRoom }) },
    )
    .post(
      '/rooms/:room_id/leave',
      async ({ viewer, params, set }) => {
        await leave(log, tables, viewer, params.room_id)
        set.status = 204
      },
      { detail: document(TAG, 'Leave a room', { 204: null }) },
    )
    .delete(
      '/rooms/:room_id',
      async ({ viewer, params, set }) => {
        await deleteRoom(log, tables, viewer, params.room_id)
        set.status = 204
      },
      { detail: document(TAG, 'Delete a room; an admin can bring it back (owner or admin)', { 204: null }) },
    )
    .post('/rooms/:room_id/clear', ({ viewer, params }) => clear(log, tables, viewer, params.room_id), {
      detail: document(
        TAG,
        'Clear away all that was said in it (owner or admin; between two people nobody but an admin)',
        { 200: Cleared },
      ),
    })
    .patch(
      '/rooms/:room_id/members/:user_id',
      async ({ viewer, params, body }) => ({
        member: await changeMember(log, tables, viewer, params.room_id, params.user_id, body),
      }),
      {
        body: MemberChange,
        detail: document(TAG, 'Mute a member, or hand the room over (owner or admin)', { 200: OneMember }),
      },
    )
    .delete(
      '/rooms/:room_id/members/:user_id',
      async ({ viewer, params, set }) => {
        await removeMember(log, tables, viewer, params.room_id, params.user_id)
        set.status = 204
      },
      { detail: document(TAG, 'Remove a member (owner or admin)', { 204: null }) },
    )
    .put(
      '/rooms/:room_id/read',
      async ({ viewer, params, body, set }) => {
        await markRead(log, tables, viewer, params.room_id, body.message_id)
        set.status = 204
      },
      { body: ReadMark, detail: document(TAG, 'I have read up to this message', { 204: null }) },
    )
    .get(
      '/rooms/:room_id/usage',
      async ({ viewer, params }) => {
        const { room } = await roomOf(db.read, tables, viewer.user.id, params.room_id)
        return usageOf(db, room.id)
      },
      { detail: document(TAG, 'What its assistants have used in the last thirty days', { 200: RoomUsage }) },
    )
    .post(
      '/rooms/:room_id/typing',
      async ({ viewer: { user }, params: { room_id }, set }) => {
        const { membership } = await roomOf(db.read, tables, user.id, room_id)
        if (membership.is_muted) throw mutedProblem()
        const data = { room_id, user_id: user.id, display_name: user.display_name }
        bus.publish({ kind: 'passing', event: { type: 'typing', room_id, data } })
        set.status = 204
      },
      { detail: document(TAG, 'I am typing: shown to the others for five seconds', { 204: null }) },
    )
}
