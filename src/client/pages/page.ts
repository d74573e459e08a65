import type { User } from '../../shared/users.ts'
import { accountPath, type Route } from '../router.ts'

export type Page = 'loading' | 'failed' | 'sign-in' | 'sign-up' | 'chat'

/** Which page to show, or where to go instead. Nobody reads a room signed out, nobody signs in twice. */
export function pageOf(
  route: Route,
  path: string,
  session: { me: User | null | undefined; failed: boolean },
): { page: Page; go?: string } {
  if (session.me === undefined) return { page: session.failed ? 'failed' : 'loading' }
  const joining = route.name === 'sign-in' || route.name === 'sign-up'
  if (session.me === null) return joining ? { page: route.name } : { page: 'loading', go: accountPath('sign-in', path) }
  return joining ? { page: 'loading', go: route.next } : { page: 'chat' }
}
