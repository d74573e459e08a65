import { Elysia } from 'elysia'
import { z } from 'zod'
import { Message, MessageInRoom, MessagePage, MessagePageQuery, NewMessage } from '../../shared/messages.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { signedIn } from '../http/session.ts'
import { roomOf } from '../rooms/access.ts'
import { findByHash, readPage } from './pages.ts'
import { post } from './post.ts'

const TAG = 'Messages'
const OneMessage = z.object({ message: Message })

/** Reading and posting. */
export function messageRoutes({ db, log, sessions, secure }: Deps) {
  const { read, tables } = db

  return new Elysia({ prefix: '/api' })
    .use(signedIn(sessions, secure))
    .get(
      '/rooms/:room_id/messages',
      async ({ viewer, params, query }) => {
        const { room } = await roomOf(read, tables, viewer.user.id, params.room_id)
        return readPage(db, log, room.id, query)
      },
      { query: MessagePageQuery, detail: document(TAG, 'A page of messages, oldest first', { 200: MessagePage }) },
    )
    .post(
      '/rooms/:room_id/messages',
      async ({ viewer, params, body, set }) => {
        const { message, created } = await post(log, tables, { room_id: params.room_id, author: viewer.user, ...body })
        set.status = created ? 201 : 200
        return { message }
      },
      {
        body: NewMessage,
        detail: document(TAG, 'Post a message; the same client_id again answers the same message', {
          201: OneMessage,
          200: OneMessage,
        }),
      },
    )
    .get('/messages/hash/:hash', ({ viewer, params }) => findByHash(db, viewer.user.id, params.hash), {
      detail: document(TAG, 'The message behind a permalink', { 200: MessageInRoom }),
    })
}
