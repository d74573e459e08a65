import { createAnswer } from './answer.ts'
import { createEventStream } from './event-stream.ts'
import type { Failures } from './failures.ts'
import { parseJson, record } from './json.ts'
import type { ChatListener, Completion, ProviderFailure } from './provider.ts'

/** Reads one streamed completion from the bytes of its body, however the network cut them. */
export function createWireReader(listener: ChatListener, failures: Failures) {
  const answer = createAnswer(listener, failures)
  let done = false

  const events = createEventStream({
    onEvent(data, event) {
      if (done || data === '') return
      if (data.trim() === '[DONE]') {
        done = true
        return
      }
      const chunk = record(parseJson(data))
      if (event === 'error' && !chunk?.error) answer.fail(failures.fromError(chunk ?? data))
      if (chunk) answer.read(chunk)
    },
    // Until September 2025 llama.cpp reported an error as a field of that name.
    onUnknownField(field, value) {
      if (!done && field === 'error') answer.fail(failures.fromError(parseJson(value) ?? value))
    },
    onTooLarge() {
      answer.fail(failures.of('oversized'))
      done = true
    },
  })

  return {
    feed: (bytes: Uint8Array) => events.feed(bytes),
    /** True after `[DONE]` or an error: the server has no more to say. */
    over: () => done || answer.failed(),
    /** True once the model has said why it stopped. */
    ended: () => answer.ended(),
    /** What was gathered, at the end of the body or, with the reason, where it broke off. */
    finish(failure?: ProviderFailure): Completion {
      events.end()
      if (failure) answer.fail(failure)
      return answer.finish(done)
    },
    /** A whole answer from a server that was asked to stream and did not. */
    finishWhole(body: Record<string, unknown>): Completion {
      answer.read(body)
      return answer.finish(true)
    },
  }
}
