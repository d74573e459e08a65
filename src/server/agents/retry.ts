import type { ChatListener, ChatRequest, Completion, Provider } from './providers/provider.ts'

/** Overload and outages that often pass within seconds. */
const PASSING = new Set([429, 502, 503, 529])
const TRIES = 3
const FIRST_PAUSE_MS = 1_000
/** Whoever asks for a longer pause than this is told to the people instead. */
const PAUSE_MAX_MS = 30_000

/**
 * A completion, tried again where the provider was only busy and nothing of an answer had come yet; after the first
 * token nothing is ever repeated. `waiting` hears how many seconds it is until the next try.
 */
export async function chatWithRetries(
  provider: Pick<Provider, 'chat'>,
  request: ChatRequest,
  listener: ChatListener,
  signal: AbortSignal,
  waiting: (seconds: number) => void,
): Promise<Completion> {
  for (let attempt = 1; ; attempt++) {
    const completion = await provider.chat(request, listener, signal)
    const pause = attempt < TRIES ? pauseBefore(completion, attempt) : null
    if (pause === null) return completion
    waiting(Math.ceil(pause / 1000))
    await sleep(pause, signal)
  }
}

/** Milliseconds to wait, or null where trying again is no use. */
function pauseBefore({ error, text, reasoning, tool_calls }: Completion, attempt: number): number | null {
  if (!error?.status || !PASSING.has(error.status)) return null
  if (text || reasoning || tool_calls.length > 0) return null
  const asked = error.retry_after === null ? null : error.retry_after * 1000
  const pause = asked ?? FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2)
  return pause <= PAUSE_MAX_MS ? pause : null
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    function stop() {
      clearTimeout(timer)
      reject(signal.reason)
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
