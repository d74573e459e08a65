import type { ChatRequest } from '../../../src/server/agents/providers/provider.ts'
import { argumentsText, type Script } from './script.ts'

/** How a server of one make writes its stream. */
export type Dialect = {
  comment: string | null
  text: (piece: string) => object
  reasoning: (piece: string) => object
  /** The chunks of all tool calls. */
  toolCalls: () => object[]
  /** The chunks after the text: pictures, finish, usage. */
  end: () => object[]
  error: (error: unknown) => object
}

/** The shape of 2026: role in every delta, null content beside tool calls, `finish_reason` again beside the usage. */
export function openRouterDialect(script: Script, request: ChatRequest): Dialect {
  const head = {
    id: `gen-${crypto.randomUUID()}`,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: script.model ?? `${request.model}-20260815`,
    provider: script.provider ?? 'Fake Cloud',
  }
  const finish = finishOf(script)
  const native = script.nativeFinish ?? finish
  const chunk = (delta: object, reason: string | null = null, more: object = {}) => ({
    ...head,
    ...more,
    choices: [
      {
        index: 0,
        delta: { content: '', role: 'assistant', ...delta },
        finish_reason: reason,
        native_finish_reason: reason && native,
      },
    ],
  })
  return {
    comment: 'OPENROUTER PROCESSING',
    text: content => chunk({ content }),
    reasoning: text =>
      chunk({
        reasoning: text,
        reasoning_details: [{ type: 'reasoning.text', text, format: 'fake-v1', index: 0 }],
      }),
    toolCalls: () =>
      (script.toolCalls ?? []).flatMap((call, index) => [
        chunk({
          content: null,
          tool_calls: [
            {
              index,
              id: call.id ?? `call_fake_${index + 1}`,
              type: 'function',
              function: { name: call.name, arguments: '' },
            },
          ],
        }),
        ...(argumentsText(call).match(/[\s\S]{1,9}/gu) ?? []).map(piece =>
          chunk({ content: null, tool_calls: [{ index, function: { arguments: piece } }] }),
        ),
      ]),
    end: () => [
      ...(script.citations ?? []).map(({ url, title }) =>
        chunk({ annotations: [{ type: 'url_citation', url_citation: { url, title, start_index: 0, end_index: 0 } }] }),
      ),
      ...(script.images ?? []).map((url, index) =>
        chunk({ images: [{ type: 'image_url', image_url: { url }, index }] }),
      ),
      chunk({}, finish),
      ...(script.usage === null ? [] : [chunk({}, finish, { usage: usageOf(script, true) })]),
    ],
    error: error => ({ ...chunk({}, 'error'), error }),
  }
}

/** A whole tool call in one delta, an empty delta at the end, the usage alone and only when it was asked for. */
export function ollamaDialect(script: Script, request: ChatRequest): Dialect {
  const head = {
    id: 'chatcmpl-873',
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: script.model ?? request.model,
    system_fingerprint: 'fp_ollama',
  }
  const chunk = (delta: object, reason: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: reason }],
  })
  const wantsUsage = 'stream_options' in request
  return {
    comment: null,
    text: content => chunk({ role: 'assistant', content }),
    reasoning: reasoning => chunk({ role: 'assistant', content: '', reasoning }),
    toolCalls: () =>
      (script.toolCalls ?? []).map((call, index) =>
        chunk({
          role: 'assistant',
          content: '',
          tool_calls: [
            {
              id: call.id ?? `call_fake_${index + 1}`,
              index,
              type: 'function',
              function: { name: call.name, arguments: argumentsText(call) },
            },
          ],
        }),
      ),
    end: () => [
      chunk({}, finishOf(script)),
      ...(script.usage === null || !wantsUsage ? [] : [{ ...head, choices: [], usage: usageOf(script, false) }]),
    ],
    error: error => ({ error }),
  }
}

function finishOf(script: Script): string {
  return script.finish ?? (script.toolCalls?.length ? 'tool_calls' : 'stop')
}

function usageOf(script: Script, priced: boolean) {
  const { prompt_tokens = 20, completion_tokens = 10, cost = 0.0001 } = script.usage ?? {}
  const tokens = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
  return priced ? { ...tokens, cost, is_byok: false } : tokens
}
