import { type JsonRecord, parseJson, record } from '../../providers/json.ts'
import { ToolFailure } from '../tool.ts'
import type { SearchFailures } from './failures.ts'

/** Milliseconds for the whole answer. */
export const TIMEOUT_MS = 10_000
/** Bytes of an answer, once unpacked. */
const BODY_MAX = 2_000_000

export type Answer = {
  status: number
  headers: Headers
  /** Null where the body is no JSON object, which an answer with status 200 always is. */
  json: JsonRecord | null
  /** As it came, for the words of a server that does not say them in JSON. */
  body: string
}

/**
 * Asks a search engine. Resolves with an error status too: what it means, the engine knows. Rejects with a
 * `ToolFailure` where there was no answer or none that can be read, with `signal.reason` when aborted.
 */
export async function ask(
  url: URL,
  init: { method?: 'POST'; headers: Record<string, string>; body?: string },
  failures: SearchFailures,
  signal: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): Promise<Answer> {
  signal.throwIfAborted()
  const ending = new AbortController()
  let late = false
  let begun = false
  const timer = setTimeout(() => {
    late = true
    ending.abort()
  }, timeoutMs)
  try {
    const response = await fetch(url, {
      ...init,
      headers: headersOf(init.headers, failures),
      // The headers hold the key: they go where the administrator said and nowhere else.
      redirect: 'manual',
      signal: AbortSignal.any([signal, ending.signal]),
    })
    begun = true
    const { status, headers } = response
    if (status >= 300 && status < 400) throw failures.redirected(hostOf(headers.get('location'), url))
    const body = await textOf(response, failures)
    const json = record(parseJson(body))
    if (status === 200 && json === null) throw /^\s*</.test(body) ? failures.webPage() : failures.unreadable()
    return { status, headers, json, body }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ToolFailure) throw error
    throw late ? failures.timedOut(timeoutMs) : failures.network(error, begun, url.host)
  } finally {
    clearTimeout(timer)
    // Of an answer that nobody reads to its end the rest need not come.
    ending.abort()
  }
}

/** The address of a path at a server; a setting that ends in the path already, or in its beginning, means the same. */
export function addressOf(base: string, path: string): URL {
  const url = new URL(base)
  const steps = path.split('/')
  let root = url.pathname.replace(/\/+$/, '')
  for (let count = steps.length; count > 1; count--) {
    const beginning = steps.slice(0, count).join('/')
    if (!root.endsWith(beginning)) continue
    root = root.slice(0, -beginning.length)
    break
  }
  url.pathname = root + path
  url.search = ''
  url.hash = ''
  return url
}

/** A key with a line break or a letter like “é” in it cannot be sent at all. */
function headersOf(headers: Record<string, string>, failures: SearchFailures): Headers {
  try {
    return new Headers({ Accept: 'application/json', 'User-Agent': 'GroupChat', ...headers })
  } catch {
    throw failures.badKey()
  }
}

function hostOf(location: string | null, from: URL): string {
  return location !== null && URL.canParse(location, from) ? new URL(location, from).host : 'another address'
}

async function textOf(response: Response, failures: SearchFailures): Promise<string> {
  const decoder = new TextDecoder()
  let body = ''
  let size = 0
  for await (const bytes of response.body ?? []) {
    size += bytes.length
    if (size > BODY_MAX) throw failures.oversized()
    body += decoder.decode(bytes, { stream: true })
  }
  return body + decoder.decode()
}
