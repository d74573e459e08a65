import type { Deps } from '../app.ts'
import { writeSessionCookie } from '../http/session-cookie.ts'
import { presentSelf, type UserRow } from './present.ts'

export type Welcome = ReturnType<typeof createWelcome>

/** The answer to whoever has shown who they are: a session, as a cookie for browsers and as a token for bots. */
export function createWelcome({ sessions, secure }: Pick<Deps, 'sessions' | 'secure'>) {
  return async (user: UserRow, request: Request, headers: Record<string, unknown>) => {
    const { token, expires_at } = await sessions.open(user.id, request.headers.get('user-agent'))
    headers['set-cookie'] = writeSessionCookie(token, expires_at, secure)
    return { user: presentSelf(user), token }
  }
}
