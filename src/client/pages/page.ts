import type { User } from '../../shared/users.ts'
import { accountPath, type Route } from '../router.ts'

export type LatePage = 'sign-in' | 'sign-up' | 'invite' | 'reset' | 'settings' | 'admin' | 'chat'
export type Page = 'loading' | 'failed' | LatePage

/** Which page to show, or where to go instead. Nobody reads a room signed out, nobody signs in twice. */
export function pageOf(
  route: Route,
  path: string,
  session: { me: User | null | undefined; failed: boolean },
): { page: Page; go?: string } {
  const { me } = session
  if (me === undefined) return { page: session.failed ? 'failed' : 'loading' }
  if (route.name === 'invite' || route.name === 'reset') return { page: route.name }
  const joining = route.name === 'sign-in' || route.name === 'sign-up'
  if (me === null) return joining ? { page: route.name } : { page: 'loading', go: accountPath('sign-in', path) }
  if (joining) return { page: 'loading', go: route.next }
  if (route.name === 'settings') return { page: 'settings' }
  return { page: route.name === 'admin' && me.role === 'admin' ? 'admin' : 'chat' }
}
