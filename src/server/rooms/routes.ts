import { Elysia } from 'elysia'
import { ReadMark } from '../../shared/messages.ts'
import { NewRoom, RoomChange } from '../../shared/rooms.ts'
import type { Deps } from '../app.ts'
import { signedIn } from '../http/session.ts'
import { roomOf } from './access.ts'
import { changeRoom } from './change.ts'
import { createRoom } from './create.ts'
import { joinableRooms, myRooms, roomDetails } from './lists.ts'
import { join, leave } from './membership.ts'
import { markRead } from './read-mark.ts'

const tags = ['Rooms']

/** Rooms and who is in them. */
export function roomRoutes({ db, log, bus, catalog, sessions, secure }: Deps) {
  const { tables } = db

  return new Elysia({ prefix: '/api' })
    .use(signedIn(sessions, secure))
    .get('/models', () => catalog.models(), { detail: { summary: 'The models a room can run on', tags } })
    .get('/rooms', async ({ viewer }) => ({ rooms: await myRooms(db, viewer.user.id) }), {
      detail: { summary: 'My rooms, with what I have not read', tags },
    })
    .get('/rooms/directory', async ({ viewer }) => ({ rooms: await joinableRooms(db, viewer.user.id) }), {
      detail: { summary: 'Public rooms that I could join', tags },
    })
    .post(
      '/rooms',
      async ({ viewer, body, set }) => {
        const room = await createRoom(log, tables, catalog, viewer, body)
        set.status = 201
        return { room }
      },
      { body: NewRoom, detail: { summary: 'Create a room', tags } },
    )
    .get('/rooms/:room_id', ({ viewer, params }) => roomDetails(db, viewer.user.id, params.room_id), {
      detail: { summary: 'One of my rooms and everybody in it', tags },
    })
    .patch(
      '/rooms/:room_id',
      async ({ viewer, params, body }) => ({
        room: await changeRoom(log, tables, catalog, viewer, params.room_id, body),
      }),
      { body: RoomChange, detail: { summary: 'Change its settings (owner or admin)', tags } },
    )
    .post(
      '/rooms/:room_id/join',
      async ({ viewer, params }) => ({ room: await join(log, tables, viewer, params.room_id) }),
      { detail: { summary: 'Join a public room', tags } },
    )
    .post(
      '/rooms/:room_id/leave',
      async ({ viewer, params, set }) => {
        await leave(log, tables, viewer, params.room_id)
        set.status = 204
      },
      { detail: { summary: 'Leave a room', tags } },
    )
    .put(
      '/rooms/:room_id/read',
      async ({ viewer, params, body, set }) => {
        await markRead(log, tables, viewer, params.room_id, body.message_id)
        set.status = 204
      },
      { body: ReadMark, detail: { summary: 'I have read up to this message', tags } },
    )
    .post(
      '/rooms/:room_id/typing',
      async ({ viewer: { user }, params: { room_id }, set }) => {
        await roomOf(db.read, tables, user.id, room_id)
        const data = { room_id, user_id: user.id, display_name: user.display_name }
        bus.publish({ kind: 'passing', event: { type: 'typing', room_id, data } })
        set.status = 204
      },
      { detail: { summary: 'I am typing: shown to the others for five seconds', tags } },
    )
}
