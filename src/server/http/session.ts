import { Elysia } from 'elysia'
import type { Sessions, Viewer } from '../accounts/sessions.ts'
import { Problem } from './problems.ts'
import { readToken } from './session-cookie.ts'

/**
 * Gives the routes of a plugin their `viewer` and turns everybody else away. It is a `derive`, which runs before the body
 * is validated: a stranger learns nothing about what a route would accept.
 */
export function signedIn(sessions: Pick<Sessions, 'find'>, secure: boolean) {
  return new Elysia({ name: 'signed-in' }).derive(
    { as: 'scoped' },
    async ({ request }): Promise<{ viewer: Viewer }> => {
      const token = readToken(request, secure)
      const viewer = token && (await sessions.find(token))
      if (!viewer) throw new Problem(401, 'not_signed_in', 'Sign in to continue.')
      return { viewer }
    },
  )
}
