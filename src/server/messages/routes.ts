import { Elysia } from 'elysia'
import { z } from 'zod'
import {
  Message,
  MessageInRoom,
  MessagePage,
  MessagePageQuery,
  MessageVersion,
  NewMessage,
  Regeneration,
  VersionChoice,
} from '../../shared/messages.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { signedIn } from '../http/session.ts'
import { roomOf } from '../rooms/access.ts'
import { changeRoutes } from './change-routes.ts'
import { findByHash, readPage } from './pages.ts'
import { listPins } from './pins.ts'
import { post } from './post.ts'
import { regenerate } from './regenerate.ts'
import { stop } from './stop.ts'
import { chooseVersion, listVersions } from './versions.ts'

const TAG = 'Messages'
const OneMessage = z.object({ message: Message })
const Messages = z.object({ messages: z.array(Message) })
const Versions = z.object({ versions: z.array(MessageVersion) })

/** Reading, posting, and what becomes of what was posted. */
export function messageRoutes(deps: Deps) {
  const { db, log, bus, catalog, sessions, secure } = deps
  const { read, tables } = db

  return new Elysia({ prefix: '/api' })
    .use(signedIn(sessions, secure))
    .use(changeRoutes(deps))
    .get(
      '/rooms/:room_id/messages',
      async ({ viewer, params, query }) => {
        const { membership } = await roomOf(read, tables, viewer.user.id, params.room_id)
        return readPage(db, log, membership, query)
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
    .get(
      '/rooms/:room_id/pins',
      async ({ viewer, params }) => ({ messages: await listPins(db, viewer, params.room_id) }),
      { detail: document(TAG, 'What is pinned in a room, the newest pin first', { 200: Messages }) },
    )
    .post(
      '/messages/:message_id/stop',
      async ({ viewer, params }) => ({ message: await stop(db, log, bus, viewer, params.message_id) }),
      { detail: document(TAG, 'Stop an answer; its text stays (who asked, owner or admin)', { 200: OneMessage }) },
    )
    .post(
      '/messages/:message_id/regenerate',
      async ({ viewer, params, body }) => ({
        message: await regenerate(log, tables, catalog, viewer, params.message_id, body ?? {}),
      }),
      {
        body: Regeneration.nullish(),
        detail: document(TAG, 'Ask again, of the same or another model; the answers so far are kept', {
          200: OneMessage,
        }),
      },
    )
    .get(
      '/messages/:message_id/versions',
      async ({ viewer, params }) => ({ versions: await listVersions(db, viewer, params.message_id) }),
      { detail: document(TAG, 'Every answer to the same question', { 200: Versions }) },
    )
    .put(
      '/messages/:message_id/version',
      async ({ viewer, params, body }) => ({
        message: await chooseVersion(log, tables, viewer, params.message_id, body.version),
      }),
      { body: VersionChoice, detail: document(TAG, 'Choose the answer that everybody sees', { 200: OneMessage }) },
    )
    .get('/messages/hash/:hash', ({ viewer, params }) => findByHash(db, viewer.user.id, params.hash), {
      detail: document(TAG, 'The message behind a permalink', { 200: MessageInRoom }),
    })
}
