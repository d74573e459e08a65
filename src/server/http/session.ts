import { Elysia } from 'elysia'
import type { Sessions, Viewer } from '../accounts/sessions.ts'
import { Problem } from './problems.ts'
import { readToken } from './session-cookie.ts'

type Finder = Pick<Sessions, 'find' | 'whyEnded'>

/**
 * Gives the routes of a plugin their `viewer` and turns everybody else away. It is a `derive`, which runs before the body
 * is validated: a stranger learns nothing about what a route would accept.
 */
export function signedIn(sessions: Finder, secure: boolean) {
  return new Elysia({ name: 'signed-in' }).derive(
    { as: 'scoped' },
    async ({ request }): Promise<{ viewer: Viewer }> => ({
      viewer: await authenticate(sessions, secure, request),
    }),
  )
}

/** The same for admins of the server alone. */
export function adminsOnly(sessions: Finder, secure: boolean) {
  return new Elysia({ name: 'admins-only' }).derive(
    { as: 'scoped' },
    async ({ request }): Promise<{ viewer: Viewer }> => ({ viewer: await requireAdmin(sessions, secure, request) }),
  )
}

/** Throws for everybody who is not an admin of the server. */
export async function requireAdmin(sessions: Finder, secure: boolean, request: Request): Promise<Viewer> {
  const viewer = await authenticate(sessions, secure, request)
  if (viewer.user.role !== 'admin') throw new Problem(403, 'admins_only', 'Only an admin of this server can do this.')
  return viewer
}

async function authenticate(sessions: Finder, secure: boolean, request: Request): Promise<Viewer> {
  const token = readToken(request, secure)
  const viewer = token && (await sessions.find(token))
  if (viewer) return viewer
  const why = token && (await sessions.whyEnded(token))
  throw new Problem(401, 'not_signed_in', why || 'Sign in to continue.')
}
