import { unescape as unescaped } from 'node:querystring'
import { type JsonRecord, records } from '../../providers/json.ts'
import { retryAfter } from '../../providers/retry-after.ts'
import { type Answer, addressOf, ask } from './ask.ts'
import type { SearchEngine } from './engine.ts'
import { createSearchFailures } from './failures.ts'
import { line, tidy } from './tidy.ts'

/** Of engines that did not answer, as many are named; and so many characters of each. */
const UNRESPONSIVE_MAX = 5
const UNRESPONSIVE_LENGTH = 80

export type SearxngOptions = { baseUrl: string; timeoutMs?: number }

/** A SearXNG of the administrator's own over `GET /search?format=json`; needs no key. */
export function searxng({ baseUrl, timeoutMs }: SearxngOptions): SearchEngine {
  const name = 'SearXNG'
  const address = addressOf(baseUrl, '/search')
  const login = loginIn(address)
  const failures = createSearchFailures({
    name,
    secret: login?.password ?? null,
    settings: { key: null, address: 'SEARXNG_URL' },
  })
  const headers: Record<string, string> = login ? { Authorization: login.header } : {}

  function refuse({ status, headers, json, body }: Answer) {
    // What SearXNG says in HTML is the title of a page.
    const said = json ?? body
    if (status === 200 && !json?.error) return
    if (status === 401)
      throw failures.failure(`${name} asks for a password. An administrator should check SEARXNG_URL.`)
    if (status === 403) throw failures.failure(NO_JSON, said)
    if (status === 429) throw failures.failure(LIMITER, null, retryAfter({}, headers, status, Date.now()))
    throw status >= 500 ? failures.unavailable(status, said) : failures.refused(status, said)
  }

  return {
    name,
    async search(query, signal) {
      const url = new URL(address)
      url.search = new URLSearchParams({ q: query, format: 'json' }).toString()
      const answer = await ask(url, { headers }, failures, signal, timeoutMs)
      refuse(answer)
      if (!Array.isArray(answer.json?.results)) throw failures.unreadable()
      const found = tidy(records(answer.json.results).map(asRaw))
      if (found.length === 0) throw failures.empty(query, silence(answer.json.unresponsive_engines))
      return found
    },
  }
}

const NO_JSON =
  'SearXNG does not answer in JSON. An administrator has to switch it on in its settings.yml: `search.formats: [html, json]`.'
const LIMITER =
  'The limiter of SearXNG holds off this server. An administrator can let its address pass in SearXNG’s limiter.toml.'

/** Of `https://user:password@…`, where a proxy in front of SearXNG asks for it; taken out of the address. */
function loginIn(address: URL) {
  const [user, password] = [unescaped(address.username), unescaped(address.password)]
  if (user === '' && password === '') return null
  address.username = ''
  address.password = ''
  return { password, header: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}

function asRaw({ title, url, content, publishedDate }: JsonRecord) {
  return { title, url, snippet: content, age: publishedDate }
}

/** `[["google", "Suspended: CAPTCHA"]]` as a sentence. */
function silence(unresponsive: unknown): string {
  if (!Array.isArray(unresponsive) || unresponsive.length === 0) return ''
  const engines = unresponsive.slice(0, UNRESPONSIVE_MAX).map(entry => {
    const [engine, reason] = (Array.isArray(entry) ? entry : [entry]).map(part =>
      line(String(part), UNRESPONSIVE_LENGTH),
    )
    return reason ? `${engine} (${reason})` : engine
  })
  return ` Of its sources these did not answer: ${engines.join(', ')}.`
}
