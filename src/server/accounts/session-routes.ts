import { Elysia } from 'elysia'
import { z } from 'zod'
import { PasswordChange, Session } from '../../shared/users.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { signedIn } from '../http/session.ts'
import { clearSessionCookie } from '../http/session-cookie.ts'
import { changePassword } from './change-password.ts'
import { presentSession } from './present.ts'

const TAG = 'Accounts'

/** Where I am signed in, and the password. */
export function sessionRoutes({ db, sessions, passwords, secure }: Deps) {
  return new Elysia({ prefix: '/api/auth' })
    .use(signedIn(sessions, secure))
    .get(
      '/sessions',
      async ({ viewer }) => ({
        sessions: (await sessions.list(viewer.user.id)).map(row => presentSession(row, viewer.session_id)),
      }),
      { detail: document(TAG, 'Where I am signed in', { 200: z.object({ sessions: z.array(Session) }) }) },
    )
    .delete(
      '/sessions/:session_id',
      async ({ viewer, params, set }) => {
        await sessions.revokeOwn(viewer.user.id, params.session_id)
        if (params.session_id === viewer.session_id) set.headers['set-cookie'] = clearSessionCookie(secure)
        set.status = 204
      },
      { detail: document(TAG, 'End one of my sessions, its streams too', { 204: null }) },
    )
    .post(
      '/password',
      async ({ viewer, body, set }) => {
        await changePassword({ sessions, passwords, tables: db.tables }, viewer, body)
        set.status = 204
      },
      {
        body: PasswordChange,
        detail: document(TAG, 'Change my password; every other session of mine ends', { 204: null }),
      },
    )
}
