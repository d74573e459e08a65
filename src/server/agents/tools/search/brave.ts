import { type JsonRecord, number, record, records, text } from '../../providers/json.ts'
import { type Answer, addressOf, ask } from './ask.ts'
import type { SearchEngine, SearchResult } from './engine.ts'
import { decodeEntities } from './entities.ts'
import { createSearchFailures } from './failures.ts'
import { CLOCK, type Clock, createQueue } from './queue.ts'
import { RESULTS_MAX, tidy } from './tidy.ts'

const HOST = 'https://api.search.brave.com'
/** Small plans allow one search a second. A little more, because two requests need not travel equally fast. */
const INTERVAL_MS = 1100
/** A wait that is worth it while somebody waits for the answer. */
const RESET_MAX_S = 5
/** Brave refuses longer queries. */
const WORDS_MAX = 50

export type BraveOptions = { apiKey: string; baseUrl?: string | null; timeoutMs?: number; clock?: Clock }

/** Brave Search over `GET /res/v1/web/search`. Parallel searches queue up and go one a second. */
export function brave({ apiKey, baseUrl, timeoutMs, clock = CLOCK }: BraveOptions): SearchEngine {
  const name = 'Brave Search'
  const settings = { key: 'BRAVE_API_KEY', address: 'BRAVE_BASE_URL' }
  const failures = createSearchFailures({ name, secret: apiKey, settings })
  const address = addressOf(baseUrl ?? HOST, '/res/v1/web/search')
  const queue = createQueue(INTERVAL_MS, clock)

  async function search(query: string, signal: AbortSignal): Promise<SearchResult[]> {
    const url = new URL(address)
    const q = query.trim().split(/\s+/).slice(0, WORDS_MAX).join(' ')
    url.search = new URLSearchParams({ q, count: String(2 * RESULTS_MAX), text_decorations: 'false' }).toString()
    let answer = await once(url, signal)
    if (isRateLimited(answer)) {
      const reset = resetOf(answer)
      if (reset > RESET_MAX_S) throw failures.rateLimited(errorIn(answer), reset)
      queue.pause(1000 * reset)
      answer = await once(url, signal)
    }
    refuse(answer)
    const results = records(record(answer.json?.web)?.results).map(asRaw)
    const found = tidy(results, decodeEntities)
    if (found.length === 0) throw failures.empty(query)
    return found
  }

  async function once(url: URL, signal: AbortSignal): Promise<Answer> {
    await queue.turn(signal)
    return ask(url, { headers: { 'X-Subscription-Token': apiKey } }, failures, signal, timeoutMs)
  }

  function refuse(answer: Answer) {
    const { status, body } = answer
    const error = errorIn(answer)
    if (status === 200 && !error) return
    const said = error?.detail ?? body
    if (status === 401 || text(error?.code)?.startsWith('SUBSCRIPTION_')) throw failures.badKey(said)
    if (error?.code === 'QUOTA_LIMITED') throw failures.quota(said)
    if (status === 429) throw failures.rateLimited(said, resetOf(answer))
    throw status >= 500 ? failures.unavailable(status, said) : failures.refused(status, said)
  }

  return { name, search }
}

function asRaw({ title, url, description, age, page_age }: JsonRecord) {
  return { title, url, snippet: description, age: age ?? page_age }
}

function errorIn({ json }: Answer): JsonRecord | null {
  return record(json?.error)
}

function isRateLimited(answer: Answer): boolean {
  return answer.status === 429 && errorIn(answer)?.code !== 'QUOTA_LIMITED'
}

/** Seconds until the shortest window begins anew, the first of `1, 1419704`. */
function resetOf({ headers }: Answer): number {
  const shortest = headers.get('x-ratelimit-reset')?.split(',')[0]
  return Math.max(1, Math.ceil(number(headers.get('retry-after')) ?? number(shortest) ?? 1))
}
