import { CHALLENGE_MS } from './challenge.ts'

/** The cookie that ties a challenge to the browser that asked for it. */
function cookieName(secure: boolean): string {
  return secure ? '__Host-nostr' : 'nostr'
}

export function writeBrowserCookie(browser: string, secure: boolean): string {
  const maxAge = CHALLENGE_MS / 1000
  return `${cookieName(secure)}=${browser}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
}

export function readBrowserCookie(request: Request, secure: boolean): string | null {
  return new Bun.CookieMap(request.headers.get('cookie') ?? '').get(cookieName(secure))
}
