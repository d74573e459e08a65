import { Elysia } from 'elysia'
import { z } from 'zod'
import { MyRoom, NewDirectRoom, RoomOrder, RoomPreferences } from '../../shared/rooms.ts'
import { User } from '../../shared/users.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { signedIn } from '../http/session.ts'
import { directRoom } from './direct.ts'
import { peopleAround } from './people.ts'
import { prefer, putInOrder } from './preferences.ts'

const TAG = 'Rooms'
const OneRoom = z.object({ room: MyRoom })

/** What is a matter of the viewer alone: how they want their rooms, and whom they talk to directly. */
export function personalRoutes({ db, log, catalog, sessions, secure }: Deps) {
  return new Elysia({ prefix: '/api' })
    .use(signedIn(sessions, secure))
    .patch(
      '/rooms/:room_id/preferences',
      async ({ viewer, params, body }) => ({ room: await prefer(db, log, viewer, params.room_id, body) }),
      { body: RoomPreferences, detail: document(TAG, 'How I want a room of mine', { 200: OneRoom }) },
    )
    .put('/rooms/order', async ({ viewer, body }) => ({ rooms: await putInOrder(db, log, viewer, body.room_ids) }), {
      body: RoomOrder,
      detail: document(TAG, 'The order in which I want my rooms', { 200: z.object({ rooms: z.array(MyRoom) }) }),
    })
    .post(
      '/rooms/direct',
      async ({ viewer, body, set }) => {
        const { room, created } = await directRoom(db, log, catalog, viewer, body.user_id)
        set.status = created ? 201 : 200
        return { room }
      },
      {
        body: NewDirectRoom,
        detail: document(TAG, 'The direct room of me and somebody else, made when there is none', {
          201: OneRoom,
          200: OneRoom,
        }),
      },
    )
    .get('/people', async ({ viewer }) => ({ people: await peopleAround(db, viewer.user.id) }), {
      detail: document(TAG, 'Whom I can turn to: those I share a room with, and the assistants', {
        200: z.object({ people: z.array(User) }),
      }),
    })
}
