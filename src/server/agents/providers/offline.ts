import { number, record, records, text } from './json.ts'
import { type GuideMessage, guideAnswer } from './offline-guide.ts'

export const OFFLINE_MODEL = 'offline/guide'

/** Milliseconds between two pieces: about fifty a second, as a quick model writes. */
const PACE_MS = 20

export type OfflineOptions = {
  paceMs?: number
}

/**
 * The built-in model for a server without a provider: no language model, and it says so. It is reached as every other one
 * is, over HTTP in the same wire, so that a first look at the rooms shows what they really do.
 */
export function serveOffline({ paceMs = PACE_MS }: OfflineOptions = {}) {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    routes: {
      '/v1/models': { GET: () => Response.json({ object: 'list', data: [LISTED] }) },
      '/v1/chat/completions': { POST: request => complete(request, paceMs) },
    },
    fetch: () => refusal(404, 'There is nothing here.'),
  })
  return { baseUrl: `http://127.0.0.1:${server.port}/v1`, close: () => void server.stop(true) }
}

const LISTED = {
  id: OFFLINE_MODEL,
  object: 'model',
  owned_by: 'groupchat',
  name: 'Offline guide',
  context_length: 8192,
  architecture: { input_modalities: ['text'], output_modalities: ['text'] },
  pricing: { prompt: '0', completion: '0' },
  supported_parameters: ['max_tokens'],
}

/** Answers whatever model was asked for, in its own name, and leaves tools alone: here nothing can be set up wrongly. */
async function complete(request: Request, paceMs: number): Promise<Response> {
  const body = record(await request.json().catch(() => null))
  if (!body || !Array.isArray(body.messages)) return refusal(400, 'The request needs a list of messages.')
  const messages: GuideMessage[] = records(body.messages).map(({ role, content }) => ({
    role: text(role) ?? '',
    text:
      typeof content === 'string'
        ? content
        : records(content)
            .flatMap(part => text(part.text) ?? [])
            .join('\n'),
  }))
  const limit = number(body.max_completion_tokens) ?? number(body.max_tokens) ?? Number.POSITIVE_INFINITY
  const chunks = write(messages, limit)
  const encoder = new TextEncoder()
  return new Response(
    new ReadableStream({
      async pull(stream) {
        const chunk = chunks.next()
        if (chunk.done) return stream.close()
        if (chunk.value.startsWith('data: {') && paceMs > 0) await Bun.sleep(paceMs)
        if (!request.signal.aborted) stream.enqueue(encoder.encode(chunk.value))
      },
    }),
    { headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' } },
  )
}

/** The frames of one answer; a piece counts as a token. */
function* write(messages: GuideMessage[], limit: number): Generator<string, void> {
  const pieces = piecesOf(guideAnswer(messages))
  const written = pieces.slice(0, Math.max(1, limit))
  const end = written.length < pieces.length ? 'length' : 'stop'
  const head = {
    id: `gen-${crypto.randomUUID()}`,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: OFFLINE_MODEL,
    provider: 'GroupChat',
  }
  const chunk = (content: string, finish: string | null, more: object = {}) => {
    const delta = { role: 'assistant', content }
    const choices = [{ index: 0, delta, finish_reason: finish, native_finish_reason: finish }]
    return `data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`
  }
  yield ': OFFLINE GUIDE\n\n'
  for (const piece of written) yield chunk(piece, null)
  yield chunk('', end)
  const asked = messages.reduce((sum, message) => sum + piecesOf(message.text).length, 0)
  const total = asked + written.length
  const usage = { prompt_tokens: asked, completion_tokens: written.length, total_tokens: total, cost: 0 }
  yield chunk('', end, { usage })
  yield 'data: [DONE]\n\n'
}

/** Words with the space before them, and line breaks: small enough to look written, no character ever cut. */
function piecesOf(answer: string): string[] {
  return answer.match(/\s*\S{1,12}|\s+$/gu) ?? []
}

function refusal(status: number, message: string): Response {
  return Response.json({ error: { code: status, message } }, { status })
}
