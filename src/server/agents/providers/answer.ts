import type { Failures } from './failures.ts'
import { type JsonRecord, number, record, records, text, texts } from './json.ts'
import type { ChatListener, Completion, ProviderFailure, Usage } from './provider.ts'
import { createReasoningDetails } from './reasoning-details.ts'
import { createToolCalls } from './tool-calls.ts'

/** Ends at which the model's server gave up, whatever `finish_reason` says beside them. */
const FAILED_ENDS = new Set(['network_error', 'server_error', 'error'])

/** Gathers one completion from its chunks, telling the listener of text and reasoning as they come. */
export function createAnswer(listener: ChatListener, failures: Failures) {
  const calls = createToolCalls()
  const thoughts = createReasoningDetails()
  const answer: Completion = {
    text: '',
    reasoning: '',
    reasoning_details: [],
    tool_calls: [],
    images: [],
    citations: [],
    finish_reason: null,
    model: null,
    provider: null,
    usage: null,
    error: null,
  }
  let nativeFinish: string | null = null

  function write(piece: string | null) {
    if (piece === null) return
    answer.text += piece
    listener.onText?.(piece)
  }

  function think(piece: string | null) {
    if (piece === null) return
    answer.reasoning += piece
    listener.onReasoning?.(piece)
  }

  function readChoice(choice: JsonRecord) {
    // A server that was asked to stream and did not sends `message`, of the same shape.
    const delta = record(choice.delta) ?? record(choice.message) ?? {}
    think(text(delta.reasoning) ?? text(delta.reasoning_content))
    write(contentText(delta.content) ?? text(delta.refusal))
    calls.add(delta.tool_calls)
    thoughts.add(delta.reasoning_details)
    for (const image of records(delta.images)) answer.images.push(...texts([urlOf(image.image_url)]))
    for (const annotation of records(delta.annotations)) cite(record(annotation.url_citation))
    answer.finish_reason = text(choice.finish_reason) ?? answer.finish_reason
    nativeFinish = text(choice.native_finish_reason) ?? nativeFinish
    if (choice.error) fail(failures.fromError(choice.error))
  }

  function cite(citation: JsonRecord | null) {
    const url = text(citation?.url)
    if (url === null || answer.citations.some(one => one.url === url)) return
    answer.citations.push({ url, title: text(citation?.title) ?? '' })
  }

  /** The first failure stands: what follows it (a cut connection, an empty end) follows from it. */
  function fail(failure: ProviderFailure) {
    answer.error ??= failure
  }

  function failedEnd(inOrder: boolean): ProviderFailure | null {
    const { finish_reason: finish } = answer
    const blank = answer.text.trim() === '' && answer.tool_calls.length === 0 && answer.images.length === 0
    if (finish === null && !inOrder && !(blank && answer.reasoning === '')) return failures.of('truncated')
    if (finish === 'error' || FAILED_ENDS.has(nativeFinish ?? '')) return failures.of('provider_error', nativeFinish)
    if (!blank) return null
    if (finish === 'content_filter') return failures.of('content_policy')
    return failures.of(finish === 'length' ? 'no_room' : 'empty')
  }

  return {
    fail,
    failed: () => answer.error !== null,

    /** True once the model has said that it ended: what breaks after that takes nothing away. */
    ended: () => answer.finish_reason !== null,

    /** One chunk. Its error is looked at first, yet what else it carries (usage, a last piece) is kept. */
    read(chunk: JsonRecord) {
      if (chunk.error) fail(failures.fromError(chunk.error))
      else if (chunk.object === 'error') fail(failures.fromError(chunk))
      answer.model = text(chunk.model) ?? answer.model
      answer.provider = text(chunk.provider) ?? answer.provider
      answer.usage = usageOf(record(chunk.usage)) ?? answer.usage
      const first = records(chunk.choices)[0]
      if (first) readChoice(first)
    },

    /**
     * At the end of the stream, which alone decides: servers repeat `finish_reason`. `inOrder` is true where the server
     * itself said that this is the end; without that and without a `finish_reason` the answer was cut.
     */
    finish(inOrder: boolean): Completion {
      answer.tool_calls = calls.calls()
      answer.reasoning_details = thoughts.details()
      return { ...answer, error: answer.error ?? failedEnd(inOrder) }
    },
  }
}

/** Text, or the text parts of a list of parts. */
function contentText(content: unknown): string | null {
  if (!Array.isArray(content)) return text(content)
  return text(
    records(content)
      .flatMap(part => texts([part.text]))
      .join(''),
  )
}

/** `{ url }`, or the URL itself. */
function urlOf(image: unknown): string | null {
  return text(record(image)?.url) ?? text(image)
}

function usageOf(usage: JsonRecord | null): Usage | null {
  if (!usage) return null
  return {
    prompt_tokens: number(usage.prompt_tokens),
    completion_tokens: number(usage.completion_tokens),
    total_tokens: number(usage.total_tokens),
    cost_usd: number(usage.cost),
  }
}
