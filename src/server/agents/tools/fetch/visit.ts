import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { ToolFailure } from '../tool.ts'
import { readBody } from './body.ts'
import { type PageKind, readContentType } from './content-type.ts'
import { inWords } from './failures.ts'
import type { Guard } from './guard.ts'
import { get } from './request.ts'
import { untilAborted } from './until-aborted.ts'
import { parseWebAddress } from './web-address.ts'

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const REDIRECTS_MAX = 5

/** What an address holds, after redirects: `url` is where they ended. */
export type Visit = { url: URL; kind: PageKind; charset: string | null; bytes: Uint8Array }

export type Visitor = { guard: Guard; mayOpen: (url: string) => boolean; signal: AbortSignal }

/** Opens an address that may be opened, and goes where it redirects. Rejects in words, or with what `signal` says. */
export async function visit(start: URL, visitor: Visitor): Promise<Visit> {
  const seen = new Set<string>()
  let url = start
  while (true) {
    seen.add(withoutFragment(url))
    const next = await step(url, visitor)
    if ('bytes' in next) return next
    if (seen.has(withoutFragment(next.to))) throw new ToolFailure(`${url.host} redirects in a circle.`)
    if (seen.size > REDIRECTS_MAX) throw new ToolFailure(`${start.host} redirects more than ${REDIRECTS_MAX} times.`)
    admit(next.to, url, visitor)
    url = next.to
  }
}

/**
 * A redirect goes on without being written or found by anyone: it was composed by a server that knows nothing but the address
 * it was asked for, so no words of the room can be in it, and the guard judges its host like the first. Only into a private
 * host that the operator allowed, a stranger's page must not lead: that takes the same leave as opening it at once.
 */
function admit(to: URL, from: URL, { guard, mayOpen }: Visitor) {
  if (to.hostname === from.hostname || !guard.allows(to) || mayOpen(to.href)) return
  throw new ToolFailure(`${from.host} redirects to ${to.host}, which it may not lead to.`)
}

async function step(url: URL, { guard, signal }: Visitor): Promise<Visit | { to: URL }> {
  let response: IncomingMessage | undefined
  try {
    const addresses = await untilAborted(signal, guard.check(url))
    response = await get(url, addresses, signal)
    const { statusCode: status = 0, headers } = response
    if (REDIRECTS.has(status)) return { to: redirectOf(headers.location, url) }
    if (status < 200 || status > 299) throw new ToolFailure(refusal(url.host, status))
    const { kind, charset } = readContentType(headers['content-type'], url.host)
    return { url, kind, charset, bytes: await untilAborted(signal, readBody(response, url.host)) }
  } catch (error) {
    signal.throwIfAborted()
    throw inWords(error, url.host)
  } finally {
    response?.destroy()
  }
}

function redirectOf(location: string | undefined, from: URL): URL {
  if (!location) throw new ToolFailure(`${from.host} redirects to nowhere.`)
  // Headers come as Latin-1; an address with other letters in it was written as UTF-8.
  return parseWebAddress(Buffer.from(location, 'latin1').toString(), from)
}

function refusal(host: string, status: number): string {
  const words = STATUS_CODES[status]
  return `${host} answered with HTTP ${status}${words ? ` (${words})` : ''} instead of a page.`
}

function withoutFragment(url: URL): string {
  const [address = ''] = url.href.split('#', 1)
  return address
}
