import { Elysia } from 'elysia'
import { z } from 'zod'
import { EarlierText, Message, MessageEdit } from '../../shared/messages.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { signedIn } from '../http/session.ts'
import { deleteMessage } from './delete.ts'
import { edit, listEdits } from './edit.ts'
import { pin } from './pins.ts'
import { react } from './reactions.ts'

const TAG = 'Messages'
const OneMessage = z.object({ message: Message })
const Edits = z.object({ edits: z.array(EarlierText) })

/** What happens to a message after it was posted. */
export function changeRoutes({ db, log, files, sessions, secure }: Deps) {
  const { tables } = db

  return new Elysia({ prefix: '/messages/:message_id' })
    .use(signedIn(sessions, secure))
    .patch(
      '',
      async ({ viewer, params, body }) => ({ message: await edit(log, tables, viewer, params.message_id, body) }),
      { body: MessageEdit, detail: document(TAG, 'Edit a message of mine', { 200: OneMessage }) },
    )
    .delete(
      '',
      async ({ viewer, params, set }) => {
        for (const path of await deleteMessage(log, tables, viewer, params.message_id)) await files.drop(path)
        set.status = 204
      },
      {
        detail: document(
          TAG,
          'Delete a message; a trace stays (author, owner or admin; between two people not that of the other)',
          { 204: null },
        ),
      },
    )
    .get('/edits', async ({ viewer, params }) => ({ edits: await listEdits(db, viewer, params.message_id) }), {
      detail: document(TAG, 'What a message said before, oldest first (author or admin)', { 200: Edits }),
    })
    .put(
      '/reactions/:emoji',
      async ({ viewer, params }) => ({ message: await react(log, tables, viewer, params, true) }),
      { detail: document(TAG, 'React to a message with an emoji', { 200: OneMessage }) },
    )
    .delete(
      '/reactions/:emoji',
      async ({ viewer, params }) => ({ message: await react(log, tables, viewer, params, false) }),
      { detail: document(TAG, 'Take a reaction of mine back', { 200: OneMessage }) },
    )
    .put('/pin', async ({ viewer, params }) => ({ message: await pin(log, tables, viewer, params.message_id, true) }), {
      detail: document(TAG, 'Pin a message for everybody in the room', { 200: OneMessage }),
    })
    .delete(
      '/pin',
      async ({ viewer, params }) => ({ message: await pin(log, tables, viewer, params.message_id, false) }),
      { detail: document(TAG, 'Unpin a message', { 200: OneMessage }) },
    )
}
