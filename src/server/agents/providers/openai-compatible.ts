import type { ModelList } from '../../../shared/rooms.ts'
import { createFailures } from './failures.ts'
import { parseJson, record } from './json.ts'
import type { ChatListener, ChatRequest, Completion, Provider, ProviderFailure } from './provider.ts'
import { createWireReader } from './wire.ts'

export type Patience = {
  /** Milliseconds until the first byte: Ollama loads a model for minutes without a sign of life. */
  first_byte: number
  /** Milliseconds between two bytes; a keep-alive comment counts. */
  silence: number
  /** Milliseconds for the whole answer. */
  overall: number
}

export const PATIENCE: Patience = { first_byte: 5 * 60_000, silence: 60_000, overall: 20 * 60_000 }

/** How long the connection may stay open after `[DONE]` or an error. Read to its end, it serves the next request too. */
const AFTER_END_MS = 250
/** How long the usage may take after the finish, at a server that then says nothing more. */
const AFTER_FINISH_MS = 10_000
/** Characters of an error body that are read. */
const BODY_MAX = 1_000_000

export type OpenAICompatibleOptions = {
  /** `openrouter`, `ollama`, `offline` or a host; see `Provider.name`. */
  name: string
  description: string
  /** The server in words, as failures name it. */
  label: string
  /** Up to and with `/v1`. */
  baseUrl: string
  apiKey: string | null
  /** Sent with every request. */
  headers?: Record<string, string>
  models: () => Promise<ModelList>
  onClose?: () => void
  patience?: Partial<Patience>
}

type Ending = { failure: ProviderFailure }

/** A provider over `POST {baseUrl}/chat/completions`, streamed. */
export function openAICompatible(options: OpenAICompatibleOptions): Provider {
  const { apiKey, name, description } = options
  const patience = { ...PATIENCE, ...options.patience }
  const url = `${options.baseUrl.replace(/\/+$/, '')}/chat/completions`
  const host = new URL(url).host
  const failures = createFailures(options.label, apiKey)

  async function chat(request: ChatRequest, listener: ChatListener, signal: AbortSignal): Promise<Completion> {
    signal.throwIfAborted()
    const clock = createClock(patience, failures.timedOut)
    const stop = AbortSignal.any([signal, clock.signal])
    const reader = createWireReader(listener, failures)

    /** Waits for the server. An abort rejects; whatever else goes wrong becomes the ending. */
    async function wait<T>(step: () => Promise<T>, begun: boolean): Promise<T | Ending> {
      try {
        return await step()
      } catch (error) {
        signal.throwIfAborted()
        return { failure: clock.expired() ?? failures.fromNetwork(error, begun, host) }
      }
    }

    try {
      // No limit of the runtime's own: long answers and slow model loads are for the clock to judge.
      const init = { ...post(request), signal: stop, timeout: false }
      const response = await wait(() => fetch(url, init), false)
      if ('failure' in response) return reader.finish(response.failure)
      if (!isEventStream(response)) {
        const body = await wait(() => textOf(response), false)
        if (typeof body !== 'string') return reader.finish(body.failure)
        const whole = record(parseJson(body))
        if (response.ok && whole && !whole.error && Array.isArray(whole.choices)) return reader.finishWhole(whole)
        return reader.finish(failures.fromResponse(response.status, response.headers, body))
      }
      const bytes = response.body?.getReader()
      if (!bytes) return reader.finish()
      let begun = false
      while (true) {
        const read = await wait(() => bytes.read(), begun)
        if ('failure' in read) return reader.finish(reader.over() || reader.ended() ? undefined : read.failure)
        if (read.done) return reader.finish()
        if (!begun) listener.onFirstByte?.()
        begun = true
        reader.feed(read.value)
        // A listener may have aborted.
        signal.throwIfAborted()
        if (reader.over()) clock.leave(AFTER_END_MS)
        else clock.heard(reader.ended() ? Math.min(patience.silence, AFTER_FINISH_MS) : patience.silence)
      }
    } finally {
      clock.stop()
    }
  }

  function post(request: ChatRequest): RequestInit {
    const { tools, tool_choice, ...rest } = request
    const body = { ...rest, stream: true, stream_options: { include_usage: true } }
    return {
      method: 'POST',
      headers: {
        Accept: 'text/event-stream',
        'Content-Type': 'application/json',
        ...(apiKey ? { Authorization: `Bearer ${apiKey}` } : {}),
        ...options.headers,
      },
      // An empty list of tools is refused by several servers.
      body: JSON.stringify(tools?.length ? { ...body, tools, ...(tool_choice && { tool_choice }) } : body),
    }
  }

  return { name, description, models: options.models, chat, close: () => options.onClose?.() }
}

/** The three timers of one request. The one that runs out aborts the request and says so in words. */
function createClock(
  patience: Patience,
  words: (after: 'first byte' | 'silence' | 'overall', ms: number) => ProviderFailure,
) {
  const controller = new AbortController()
  let expired: ProviderFailure | null = null
  const expire = (failure: ProviderFailure) => () => {
    expired = failure
    controller.abort()
  }
  const overall = setTimeout(expire(words('overall', patience.overall)), patience.overall)
  const silence = expire(words('silence', patience.silence))
  let idle = setTimeout(expire(words('first byte', patience.first_byte)), patience.first_byte)
  let leaving = false

  function restart(ms: number) {
    clearTimeout(idle)
    idle = setTimeout(silence, ms)
  }

  return {
    signal: controller.signal,
    expired: () => expired,
    heard: restart,
    /** Nothing more is expected: the first call counts, chatter does not prolong it. */
    leave(ms: number) {
      if (!leaving) restart(ms)
      leaving = true
    },
    /** Ends the request too, if it still runs. */
    stop() {
      clearTimeout(overall)
      clearTimeout(idle)
      controller.abort()
    },
  }
}

function isEventStream(response: Response): boolean {
  const kind = response.headers.get('content-type')
  return response.ok && (kind === null || kind.includes('text/event-stream'))
}

/** The body up to a limit, whatever its length. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let body = ''
  for await (const bytes of response.body ?? []) {
    body += decoder.decode(bytes, { stream: true })
    if (body.length > BODY_MAX) break
  }
  return body
}
