import { AVATAR_MAX, BODY_MAX, UPLOAD_MAX } from '../../shared/limits.ts'
import { Problem } from './problems.ts'

/** What multipart adds around a file: boundaries, names, a field or two. */
const FRAMING = 64 * 1024

/** The routes that take files, and how large a body each takes. Everywhere else a body is JSON. */
const UPLOAD_ROUTES = new Map([
  ['/api/upload', UPLOAD_MAX + FRAMING],
  ['/api/auth/avatar', AVATAR_MAX + FRAMING],
])

export function bodyLimitOf({ url }: Request): number {
  return UPLOAD_ROUTES.get(new URL(url).pathname) ?? BODY_MAX
}

/** Multipart where files go, JSON elsewhere: neither is what a plain form of another page could send along unasked. */
export function takesType(request: Request, type: string): boolean {
  return UPLOAD_ROUTES.has(new URL(request.url).pathname)
    ? /^multipart\/form-data\s*(;|$)/i.test(type)
    : /^application\/json\s*(;|$)/i.test(type)
}

export function tooLarge(limit: number): Problem {
  const words = limit === BODY_MAX ? 'one megabyte' : `${Math.floor(limit / 1024 / 1024)} MB`
  return new Problem(413, 'too_large', `The body is larger than ${words}.`)
}

/** The body of a request, given up as soon as there is more of it than the route takes. */
export async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const limit = bodyLimitOf(request)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/**
 * A JSON body that comes without a length has to be counted while it is read; one with a length was measured by its header.
 * Elysia reads JSON by `request.json()`.
 */
export function countJson(request: Request): void {
  if (request.headers.has('content-length')) return
  const json = async () => JSON.parse(new TextDecoder().decode(await readBody(request)))
  Object.defineProperty(request, 'json', { value: json })
}
