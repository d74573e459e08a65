import { eq } from 'drizzle-orm'
import { Elysia } from 'elysia'
import { Credentials, ProfileChange, Registration } from '../../shared/users.ts'
import type { Deps } from '../app.ts'
import { Problem } from '../http/problems.ts'
import { signedIn } from '../http/session.ts'
import { clearSessionCookie, writeSessionCookie } from '../http/session-cookie.ts'
import { presentSelf, presentUser, type UserRow } from './present.ts'
import { authenticate, register } from './register.ts'

/** Signing up, in and out, and one's own profile. */
export function accountRoutes({ db, log, sessions, passwords, env, secure }: Deps) {
  async function welcome(user: UserRow, request: Request, headers: Record<string, unknown>) {
    const { token, expires_at } = await sessions.open(user.id, request.headers.get('user-agent'))
    headers['set-cookie'] = writeSessionCookie(token, expires_at, secure)
    return { user: presentSelf(user), token }
  }

  const strangers = new Elysia()
    .post(
      '/register',
      async ({ body, request, set }) => {
        const user = await register(db, passwords, body, { open: env.REGISTRATION === 'open' })
        set.status = 201
        return welcome(user, request, set.headers)
      },
      { body: Registration, detail: { summary: 'Create an account', tags: ['Accounts'] } },
    )
    .post(
      '/login',
      async ({ body, request, set }) => {
        const user = await authenticate(db, passwords, body)
        if (!user) throw new Problem(401, 'wrong_credentials', 'The e-mail address or the password is wrong.')
        return welcome(user, request, set.headers)
      },
      { body: Credentials, detail: { summary: 'Sign in', tags: ['Accounts'] } },
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
      { detail: { summary: 'Sign out: this session ends at once, its streams too', tags: ['Accounts'] } },
    )
    .get('/me', ({ viewer }) => ({ user: presentSelf(viewer.user) }), {
      detail: { summary: 'Who am I?', tags: ['Accounts'] },
    })
    .patch(
      '/profile',
      async ({ viewer, body }) => {
        const { users } = db.tables
        const user = await log.write(async (tx, emit) => {
          if (body.display_name === undefined || body.display_name === viewer.user.display_name) return viewer.user
          const [changed] = await tx.update(users).set(body).where(eq(users.id, viewer.user.id)).returning()
          if (!changed) throw new Problem(401, 'not_signed_in', 'Sign in to continue.')
          await emit({ type: 'user.updated', subject_id: changed.id, data: { user: presentUser(changed) } })
          return changed
        })
        return { user: presentSelf(user) }
      },
      { body: ProfileChange, detail: { summary: 'Change my profile', tags: ['Accounts'] } },
    )

  return new Elysia({ prefix: '/api/auth' }).use(strangers).use(people)
}
