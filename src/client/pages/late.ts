import { introduce } from '../components/late.ts'
import type { LatePage } from './page.ts'

const PAGES = {
  'sign-in': () => import('./sign-in.riot'),
  'sign-up': () => import('./sign-up.riot'),
  invite: () => import('./invite.riot'),
  reset: () => import('./reset.riot'),
  settings: () => import('./settings.riot'),
  admin: () => import('./admin.riot'),
  chat: () => import('./chat.riot'),
}

const here = new Set<string>()

export const isHere = (page: LatePage) => here.has(page)

/** Each page comes when somebody goes there: whoever signs in need not wait for the room, nor the room for the rest. */
export async function loadPage(page: LatePage) {
  introduce((await PAGES[page]()).default)
  here.add(page)
}
