import { type JsonRecord, records } from '../../providers/json.ts'
import { retryAfter } from '../../providers/retry-after.ts'
import { type Answer, addressOf, ask } from './ask.ts'
import type { SearchEngine } from './engine.ts'
import { createSearchFailures } from './failures.ts'
import { RESULTS_MAX, tidy } from './tidy.ts'

const HOST = 'https://api.tavily.com'
/** Beside the statuses everybody knows: the limit of the plan, the limit of what is paid as one goes. */
const PLAN_LIMIT = 432
const PAY_LIMIT = 433

export type TavilyOptions = { apiKey: string; baseUrl?: string | null; timeoutMs?: number }

/** Tavily over `POST /search`. */
export function tavily({ apiKey, baseUrl, timeoutMs }: TavilyOptions): SearchEngine {
  const name = 'Tavily'
  const settings = { key: 'TAVILY_API_KEY', address: 'TAVILY_BASE_URL' }
  const failures = createSearchFailures({ name, secret: apiKey, settings })
  const url = addressOf(baseUrl ?? HOST, '/search')
  const headers = { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' }

  function refuse({ status, headers, json, body }: Answer) {
    const said = json ?? body
    if (status === 200 && !json?.detail && !json?.error) return
    if (status === 401) throw failures.badKey(said)
    if (status === PLAN_LIMIT || status === PAY_LIMIT) throw failures.quota(said)
    if (status === 429) throw failures.rateLimited(said, retryAfter({}, headers, status, Date.now()))
    throw status >= 500 ? failures.unavailable(status, said) : failures.refused(status, said)
  }

  return {
    name,
    async search(query, signal) {
      const body = JSON.stringify({ query, search_depth: 'basic', max_results: RESULTS_MAX })
      const answer = await ask(url, { method: 'POST', headers, body }, failures, signal, timeoutMs)
      refuse(answer)
      if (!Array.isArray(answer.json?.results)) throw failures.unreadable()
      const found = tidy(records(answer.json.results).map(asRaw))
      if (found.length === 0) throw failures.empty(query)
      return found
    },
  }
}

function asRaw({ title, url, content, published_date }: JsonRecord) {
  return { title, url, snippet: content, age: published_date }
}
