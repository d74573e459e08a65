import { createObservable } from './stores/observable.ts'

export type Route =
  | { name: 'home' }
  | { name: 'sign-in'; next: string }
  | { name: 'sign-up'; next: string }
  | { name: 'room'; room_id: string }
  | { name: 'message'; hash: string }
  | { name: 'invite'; token: string }
  | { name: 'reset'; token: string }
  | { name: 'search'; query: string; room_id: string | null }
  | { name: 'inbox' }
  | { name: 'settings' }
  | { name: 'admin'; part: AdminPart }
  | { name: 'unknown' }

export type AdminPart = 'status' | 'people' | 'rooms'
export type Router = ReturnType<typeof createRouter>

/** Which page an address means. */
export function routeOf(url: URL): Route {
  const [first, second, ...rest] = url.pathname.split('/').filter(Boolean).map(decoded)
  const next = ownPath(url.searchParams.get('next'), url.origin)
  if (!first) return { name: 'home' }
  if (first === 'sign-in' && !second) return { name: 'sign-in', next }
  if (first === 'sign-up' && !second) return { name: 'sign-up', next }
  if (first === 'rooms' && second && !rest.length) return { name: 'room', room_id: second }
  if (first === 'm' && second && !rest.length) return { name: 'message', hash: second }
  if (first === 'invite' && second && !rest.length) return { name: 'invite', token: second }
  if (first === 'reset' && second && !rest.length) return { name: 'reset', token: second }
  if (first === 'search' && !second)
    return { name: 'search', query: url.searchParams.get('q') ?? '', room_id: url.searchParams.get('in') }
  if (first === 'inbox' && !second) return { name: 'inbox' }
  if (first === 'settings' && !second) return { name: 'settings' }
  if (first === 'admin' && !second) return { name: 'admin', part: 'status' }
  if (first === 'admin' && (second === 'people' || second === 'rooms') && !rest.length)
    return { name: 'admin', part: second }
  return { name: 'unknown' }
}

export const roomPath = (id: string) => `/rooms/${encodeURIComponent(id)}`
export const messagePath = (hash: string) => `/m/${hash}`
export const invitePath = (token: string) => `/invite/${encodeURIComponent(token)}`
export const accountPath = (page: 'sign-in' | 'sign-up', next: string) =>
  next === '/' ? `/${page}` : `/${page}?next=${encodeURIComponent(next)}`

/** Pages of the application without a reload; it takes over plain clicks on its own links. */
export function createRouter(window: Window) {
  const { subscribe, changed } = createObservable()
  const here = () => new URL(window.location.href)
  let route = routeOf(here())

  const arrive = () => {
    route = routeOf(here())
    changed()
  }
  const go = (path: string, { replace = false } = {}) => {
    if (replace) window.history.replaceState(null, '', path)
    else if (path !== here().pathname + here().search) window.history.pushState(null, '', path)
    arrive()
  }

  window.addEventListener('popstate', arrive)
  window.document.addEventListener('click', event => {
    const link = (event.target as Element | null)?.closest?.('a')
    if (!link || !isPlainClick(event) || link.target || link.hasAttribute('download')) return
    const url = new URL(link.href, window.location.href)
    if (url.origin !== window.location.origin || routeOf(url).name === 'unknown') return
    event.preventDefault()
    go(url.pathname + url.search)
  })

  return {
    subscribe,
    go,
    get route() {
      return route
    },
    /** Where to come back to after signing in. */
    get path() {
      return here().pathname + (route.name === 'search' ? here().search : '')
    },
  }
}

function isPlainClick(event: MouseEvent): boolean {
  return (
    !event.defaultPrevented &&
    event.button === 0 &&
    !event.metaKey &&
    !event.ctrlKey &&
    !event.shiftKey &&
    !event.altKey
  )
}

/** Only paths of this site: a `next` from outside must not lead away after signing in, whatever a browser reads in it. */
function ownPath(path: string | null, origin: string): string {
  return path?.startsWith('/') && URL.parse(path, origin)?.origin === origin ? path : '/'
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
