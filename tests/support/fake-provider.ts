import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ChatRequest } from '../../src/server/agents/providers/provider.ts'
import { OLLAMA_MODELS, OPENROUTER_MODELS } from './fake-provider/catalog.ts'
import { checkForOllama, checkForOpenRouter } from './fake-provider/check.ts'
import { play, refuse } from './fake-provider/play.ts'
import type { Script } from './fake-provider/script.ts'
import { ollamaDialect, openRouterDialect } from './fake-provider/wire.ts'

export type { Script } from './fake-provider/script.ts'

export type RecordedRequest = {
  body: ChatRequest & Record<string, unknown>
  headers: Headers
  /** Milliseconds since the epoch. */
  at: number
}

export type FakeProviderOptions = {
  flavour?: 'openrouter' | 'ollama'
  /** The key that is asked for; null asks for none. The fake Ollama never does. */
  apiKey?: string | null
  /** What to do with each request, where no script is queued. Without it, the last message is echoed in Markdown. */
  handler?: (request: RecordedRequest) => Script | Promise<Script>
  /** Refuse what the real server would refuse. */
  strict?: boolean
  port?: number
}

export type FakeProvider = Awaited<ReturnType<typeof startFakeProvider>>

/**
 * A model provider on loopback that speaks the real wire, checks what it is sent as the real one does, and fails on demand.
 *
 *     const provider = await startFakeProvider()
 *     provider.next({ text: 'Hello', pace: 5 }, { refuse: { status: 429, body: {}, headers: { 'Retry-After': '3' } } })
 */
export async function startFakeProvider(options: FakeProviderOptions = {}) {
  const { flavour = 'openrouter', strict = true, handler = echo } = options
  const apiKey = options.apiKey === undefined ? 'sk-or-fake-key' : options.apiKey
  const requests: RecordedRequest[] = []
  const queue: Script[] = []
  const requested = createBell<RecordedRequest>()
  const abandoned = createBell<RecordedRequest>()
  const stopping = new AbortController()
  let aborted = 0
  let listings = 0
  let connections = 0
  let refuseListing: Script['refuse'] | null = null

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const path = (request.url ?? '').replace(/\?.*$/, '').replace(/^(\/api)?\/v1(?=\/)/, '')
    if (request.method === 'GET' && path === '/models') return list(response)
    if (flavour === 'ollama' && path === '/api/show') return show(await textOf(request), response)
    if (request.method === 'POST' && path === '/chat/completions') return await complete(request, response)
    refuse({ status: 404, body: { error: { message: 'Not Found', code: 404 } } }, response)
  }

  function list(response: ServerResponse) {
    listings++
    const ids = OLLAMA_MODELS.map(({ id }) => ({ id, object: 'model', created: 1_786_000_000, owned_by: 'library' }))
    const body =
      flavour === 'ollama'
        ? { object: 'list', data: ids }
        : { data: OPENROUTER_MODELS, total_count: OPENROUTER_MODELS.length, links: { next: null } }
    refuse(refuseListing ?? { status: 200, body }, response)
  }

  function show(source: string, response: ServerResponse) {
    const model = OLLAMA_MODELS.find(one => one.id === parsed(source).model)
    refuse(model ? { status: 200, body: model } : { status: 404, body: { error: 'model not found' } }, response)
  }

  async function complete(request: IncomingMessage, response: ServerResponse) {
    const recorded: RecordedRequest = {
      body: parsed(await textOf(request)),
      headers: new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      at: Date.now(),
    }
    const left = new AbortController()
    let cutByScript = false
    response.on('close', () => {
      if (response.writableFinished || cutByScript || stopping.signal.aborted) return
      left.abort()
      aborted++
      abandoned.ring(recorded)
    })
    requests.push(recorded)
    requested.ring(recorded)
    const authorization = recorded.headers.get('authorization')
    const refusal = !strict
      ? null
      : flavour === 'ollama'
        ? checkForOllama(recorded.body)
        : checkForOpenRouter(recorded.body, authorization, apiKey)
    if (refusal) return refuse(refusal, response)
    const script = queue.shift() ?? (await handler(recorded))
    cutByScript = script.cutAt !== undefined
    const dialect = flavour === 'ollama' ? ollamaDialect : openRouterDialect
    const gone = AbortSignal.any([stopping.signal, left.signal])
    await play(script, dialect(script, recorded.body), response, gone)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(error => {
      // A script that threw is a mistake of the test's: it must not look like one of the product's.
      console.error('fake provider:', error)
      response.destroy()
    })
  })
  server.on('connection', () => connections++)
  await new Promise<void>(resolve => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

  return {
    origin,
    /** What `OPENROUTER_BASE_URL` would be. */
    baseUrl: flavour === 'ollama' ? `${origin}/v1` : `${origin}/api/v1`,
    apiKey: flavour === 'ollama' ? null : apiKey,
    /** Every request for a completion, refused ones included. */
    requests: requests as readonly RecordedRequest[],
    /** How many listened no longer before the answer was finished. */
    get aborted() {
      return aborted
    },
    /** How often the list of models was asked for. */
    get listings() {
      return listings
    },
    /** How many connections were opened to it. */
    get connections() {
      return connections
    },
    /** Queues scripts for the requests to come, one each. */
    next(...scripts: Script[]) {
      queue.push(...scripts)
    },
    /** Refuses the list of models from now on; null lists them again. */
    refuseListing(refusal: Script['refuse'] | null) {
      refuseListing = refusal
    },
    /** The next request for a completion, from now on. */
    nextRequest: requested.next,
    /** The next request that its sender gives up, from now on. */
    nextAbort: abandoned.next,
    async stop() {
      stopping.abort()
      server.closeAllConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

/** The last thing a person said, back again, as a short Markdown answer. */
function echo({ body }: RecordedRequest): Script {
  const asked = body.messages.findLast(message => message.role === 'user')?.content ?? ''
  const said =
    typeof asked === 'string' ? asked : asked.map(part => (part.type === 'text' ? part.text : '[picture]')).join(' ')
  return { text: `**You said:** ${said}\n\n- one\n- two\n` }
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

async function textOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const part of request) body += part
  return body
}

function parsed(source: string) {
  try {
    return JSON.parse(source)
  } catch {
    return {}
  }
}

if (import.meta.main) {
  const flavour = process.argv.includes('ollama') ? 'ollama' : 'openrouter'
  const port = Number(process.argv.find(argument => /^\d+$/.test(argument)) ?? 8787)
  const provider = await startFakeProvider({
    flavour,
    port,
    handler: request => ({ ...echo(request), comments: 3, pace: 25 }),
  })
  console.log(`Fake ${flavour}:`)
  console.log(
    `  OPENROUTER_BASE_URL=${provider.baseUrl}${provider.apiKey ? ` OPENROUTER_API_KEY=${provider.apiKey}` : ''}`,
  )
}
