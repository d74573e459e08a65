import { Elysia } from 'elysia'
import { z } from 'zod'
import { EarlierText, Message, MessageEdit } from '../../shared/messages.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { signedIn } from '../http/session.ts'
import { edit, listEdits } from './edit.ts'

const TAG = 'Messages'
const OneMessage = z.object({ message: Message })
const Edits = z.object({ edits: z.array(EarlierText) })

/** What happens to a message after it was posted. */
export function changeRoutes({ db, log, sessions, secure }: Deps) {
  const { tables } = db

  return new Elysia({ prefix: '/messages/:message_id' })
    .use(signedIn(sessions, secure))
    .patch(
      '',
      async ({ viewer, params, body }) => ({ message: await edit(log, tables, viewer, params.message_id, body) }),
      { body: MessageEdit, detail: document(TAG, 'Edit a message of mine', { 200: OneMessage }) },
    )
    .get('/edits', async ({ viewer, params }) => ({ edits: await listEdits(db, viewer, params.message_id) }), {
      detail: document(TAG, 'What a message said before, oldest first (author or admin)', { 200: Edits }),
    })
}
