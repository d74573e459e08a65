import { Elysia } from 'elysia'
import { z } from 'zod'
import { SignUp, Welcome } from '../../shared/invites.ts'
import { PasswordReset } from '../../shared/password-reset.ts'
import { Credentials, SignedIn, User } from '../../shared/users.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { Problem } from '../http/problems.ts'
import { signedIn } from '../http/session.ts'
import { clearSessionCookie } from '../http/session-cookie.ts'
import type { Admission } from './admission.ts'
import { nostrRoutes } from './nostr/routes.ts'
import { presentSelf } from './present.ts'
import { authenticate, register } from './register.ts'
import { resetPassword } from './reset.ts'
import { createWelcome } from './welcome.ts'

const TAG = 'Accounts'

/** Signing up, in and out. */
export function accountRoutes(deps: Deps, admission: Admission) {
  const { db, bus, log, sessions, passwords, env, secure } = deps
  const welcome = createWelcome(deps)
  const door = { tables: db.tables, admission, open: env.REGISTRATION === 'open' }

  const strangers = new Elysia()
    .post(
      '/register',
      async ({ body, request, set }) => {
        const { user, room } = await register(db, log, passwords, door, body)
        set.status = 201
        return { ...(await welcome(user, request, set.headers)), room }
      },
      { body: SignUp, detail: document(TAG, 'Create an account, by an invite if need be', { 201: Welcome }) },
    )
    .post(
      '/login',
      async ({ body, request, set }) => {
        const user = await authenticate(db, passwords, body)
        if (!user) throw new Problem(401, 'wrong_credentials', 'The email address or the password is wrong.')
        return welcome(user, request, set.headers)
      },
      { body: Credentials, detail: document(TAG, 'Sign in', { 200: SignedIn }) },
    )
    .post(
      '/reset',
      async ({ body, set }) => {
        await resetPassword(db, bus, passwords, body)
        set.status = 204
      },
      { body: PasswordReset, detail: document(TAG, 'Set a new password by a one-time link', { 204: null }) },
    )

  const people = new Elysia()
    .use(signedIn(sessions, secure))
    .post(
      '/logout',
      async ({ viewer, set }) => {
        await sessions.revoke(viewer.session_id)
        set.headers['set-cookie'] = clearSessionCookie(secure)
        set.status = 204
      },
      { detail: document(TAG, 'Sign out: this session ends at once, its streams too', { 204: null }) },
    )
    .get('/me', ({ viewer }) => ({ user: presentSelf(viewer.user) }), {
      detail: document(TAG, 'Who am I?', { 200: z.object({ user: User }) }),
    })

  return new Elysia({ prefix: '/api/auth' }).use(strangers).use(people).use(nostrRoutes(deps, door))
}
