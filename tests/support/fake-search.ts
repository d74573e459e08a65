import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export type Wire = 'brave' | 'tavily' | 'searxng'
export type Found = { title: string; url: string; snippet: string; age?: string }
export type Refusal = 'bad key' | 'rate limited' | 'quota' | 'broken'
/** What is answered to one search. */
export type SearchScript = {
  found?: Found[]
  refuse?: Refusal
  /** Said in a refusal in place of what the real server says. */
  saying?: string
  /** Sources that SearXNG had no answer from. */
  unresponsive?: [string, string][]
  /** An answer as it stands, whatever the wire. */
  raw?: { status?: number; headers?: Record<string, string>; body: string }
  /** Hang up after so many characters of the body. */
  cutAt?: number
  /** Never answer. */
  silent?: boolean
}
export type RecordedSearch = { wire: Wire; method: string; query: string; url: URL; headers: Headers; body: string }

type Answer = { status: number; body: unknown; headers?: Record<string, string> }

export type FakeSearch = Awaited<ReturnType<typeof startFakeSearch>>

/** Brave, Tavily and SearXNG on loopback: they speak the real wires, ask for the key and fail on demand. */
export async function startFakeSearch({ key = 'fake-search-key', port = 0 } = {}) {
  const requests: RecordedSearch[] = []
  const queue: SearchScript[] = []
  const requested = createBell<RecordedSearch>()
  const abandoned = createBell<RecordedSearch>()

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const search = await read(request)
    if (!search) return send(response, { status: 404, body: { error: 'Not Found' } })
    requests.push(search)
    requested.ring(search)
    const script = queue.shift() ?? { found: [] }
    response.on('close', () => response.writableFinished || script.cutAt !== undefined || abandoned.ring(search))
    if (script.silent) return
    if (script.raw) return sendRaw(response, script.raw)
    send(response, isKnown(search) ? WIRES[search.wire](script, search.query) : refused(search.wire, 'bad key'), script)
  }

  function isKnown({ wire, headers }: RecordedSearch) {
    if (wire === 'brave') return headers.get('x-subscription-token') === key
    return wire === 'searxng' || headers.get('authorization') === `Bearer ${key}`
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(error => {
      console.error('fake search:', error)
      response.destroy()
    })
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()

  return {
    /** What `BRAVE_BASE_URL`, `TAVILY_BASE_URL` or `SEARXNG_URL` would be. */
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    key,
    requests: requests as readonly RecordedSearch[],
    /** Queues scripts for the searches to come, one each; without one nothing is found. */
    next(...scripts: SearchScript[]) {
      queue.push(...scripts)
    },
    /** Forgets the searches and the scripts of the test before. */
    reset() {
      requests.length = 0
      queue.length = 0
    },
    nextRequest: requested.next,
    /** The next search whose sender gives it up, from now on. */
    nextAbort: abandoned.next,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

const WIRES: Record<Wire, (script: SearchScript, query: string) => Answer> = {
  brave({ found = [], refuse, saying }, query) {
    if (refuse) return refused('brave', refuse, saying)
    const results = found.map(({ snippet, ...page }) => ({ ...page, description: snippet, language: 'en' }))
    const whole = { type: 'search', query: { original: query, more_results_available: false } }
    return { status: 200, body: results.length ? { ...whole, web: { type: 'search', results } } : whole }
  },
  tavily({ found = [], refuse, saying }, query) {
    if (refuse) return refused('tavily', refuse, saying)
    const results = found.map(({ snippet, age, ...page }) => ({
      ...page,
      content: snippet,
      score: 0.5,
      raw_content: null,
      ...(age ? { published_date: age } : {}),
    }))
    return { status: 200, body: { query, images: [], results, response_time: 0.4, request_id: 'r-1' } }
  },
  searxng({ found = [], refuse, saying, unresponsive = [] }, query) {
    if (refuse) return refused('searxng', refuse, saying)
    const results = found.map(({ snippet, age, ...page }) => ({
      ...page,
      content: snippet,
      publishedDate: age ?? null,
      engine: 'somewhere',
      engines: ['somewhere'],
      score: 1,
    }))
    return {
      status: 200,
      body: { query, results, answers: [], corrections: [], infoboxes: [], unresponsive_engines: unresponsive },
    }
  },
}

function refused(wire: Wire, refusal: Refusal, saying?: string): Answer {
  const [status, code, words, headers] = REFUSALS[wire][refusal]
  const said = saying ?? words
  if (wire === 'searxng') return { status, body: status === 400 ? { error: said } : page(said), headers }
  if (wire === 'tavily') return { status, body: { detail: { error: said } }, headers }
  const error = { id: 'e-1', status, code, detail: said, meta: { component: 'fake' } }
  return { status, body: { type: 'ErrorResponse', error, time: 1_790_000_000 }, headers }
}

type RefusalParts = [status: number, code: string, words: string, headers?: Record<string, string>]
const LIMITS = { 'X-RateLimit-Limit': '1, 2000', 'X-RateLimit-Remaining': '0, 1985', 'X-RateLimit-Reset': '2, 1419704' }
const REFUSALS: Record<Wire, Record<Refusal, RefusalParts>> = {
  brave: {
    'bad key': [422, 'SUBSCRIPTION_TOKEN_INVALID', 'This token is not one of ours.'],
    'rate limited': [429, 'RATE_LIMITED', 'Too many requests for the plan', LIMITS],
    quota: [429, 'QUOTA_LIMITED', 'The quota of the plan is reached.', LIMITS],
    broken: [500, 'INTERNAL', 'Something broke.'],
  },
  tavily: {
    'bad key': [401, '', 'Unauthorized: this key is not valid.'],
    'rate limited': [429, '', 'Too many requests.', { 'Retry-After': '2' }],
    quota: [432, '', 'The limit of your plan is reached.'],
    broken: [500, '', 'Something broke.'],
  },
  searxng: {
    // SearXNG knows no keys and no plans; where JSON is not switched on it forbids it.
    'bad key': [403, '', 'Forbidden'],
    quota: [403, '', 'Forbidden'],
    'rate limited': [429, '', 'Too Many Requests', { 'Retry-After': '2' }],
    broken: [500, '', 'Internal Server Error'],
  },
}

function page(title: string): string {
  return `<!doctype html>\n<html lang="en"><title>${title}</title><h1>${title}</h1>`
}

async function read(request: IncomingMessage): Promise<RecordedSearch | null> {
  const url = new URL(request.url ?? '', 'http://fake')
  const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const method = request.method ?? ''
  let body = ''
  for await (const part of request) body += part
  const recorded = { method, url, headers, body, query: url.searchParams.get('q') ?? '' }
  if (method === 'GET' && url.pathname === '/res/v1/web/search') return { ...recorded, wire: 'brave' }
  if (method === 'GET' && url.pathname === '/search') return { ...recorded, wire: 'searxng' }
  if (method !== 'POST' || url.pathname !== '/search') return null
  return { ...recorded, wire: 'tavily', query: String(JSON.parse(body).query) }
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer, { cutAt }: SearchScript = {}) {
  const isPage = typeof body === 'string'
  const text = isPage ? body : JSON.stringify(body)
  response.writeHead(status, { 'Content-Type': isPage ? 'text/html' : 'application/json', ...headers })
  if (cutAt === undefined) return response.end(text)
  response.write(text.slice(0, cutAt), () => response.destroy())
}

function sendRaw(response: ServerResponse, raw: { status?: number; headers?: Record<string, string>; body: string }) {
  response.writeHead(raw.status ?? 200, raw.headers)
  response.end(raw.body)
}

function createBell<T>() {
  let waiting: ((value: T) => void)[] = []
  return {
    ring(value: T) {
      for (const wake of waiting.splice(0)) wake(value)
    },
    next: () =>
      new Promise<T>(resolve => {
        waiting = [...waiting, resolve]
      }),
  }
}
