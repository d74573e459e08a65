import { Elysia } from 'elysia'
import { bodyLimitOf, countJson, takesType, tooLarge } from './body.ts'
import { Problem } from './problems.ts'
import { carriesCookie } from './session-cookie.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The headers that every answer carries, pages and API alike. */
export const SECURITY_HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/**
 * Refuses what a page of another origin could make a browser send in our user's name: an unsafe method with the session
 * cookie needs a same-origin `Sec-Fetch-Site` or `Origin`, and a body needs a type that no plain form can send.
 */
export function security(publicUrl: string) {
  const ownOrigin = new URL(publicUrl).origin
  return new Elysia({ name: 'security' }).onRequest(({ request, set }) => {
    Object.assign(set.headers, SECURITY_HEADERS)
    if (new URL(request.url).pathname.startsWith('/api/')) set.headers['cache-control'] = 'no-store'
    if (SAFE.has(request.method)) return
    refuseForeignTypes(request)
    refuseTooLarge(request)
    countJson(request)
    if (!request.headers.has('authorization') && carriesCookie(request) && !isSameOrigin(request, ownOrigin))
      throw new Problem(403, 'cross_origin', 'This request does not come from a page of this server.')
  })
}

function refuseForeignTypes(request: Request) {
  const type = request.headers.get('content-type')
  const hasBody = (request.headers.get('content-length') ?? '0') !== '0' || request.headers.has('transfer-encoding')
  if (!type && !hasBody) return
  if (type && takesType(request, type)) return
  throw new Problem(
    415,
    'unsupported_media_type',
    takesType(request, 'multipart/form-data') && request.method === 'POST'
      ? 'Send the file as multipart/form-data.'
      : 'Send the body as application/json.',
  )
}

function refuseTooLarge(request: Request) {
  const limit = bodyLimitOf(request)
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit)
}

function isSameOrigin(request: Request, ownOrigin: string): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site) return site === 'same-origin'
  const origin = request.headers.get('origin')
  if (!origin) return false
  if (origin === ownOrigin) return true
  return URL.canParse(origin) && new URL(origin).host === request.headers.get('host')
}
