import type { ChatMessage, ChatRequest } from '../../../src/server/agents/providers/provider.ts'
import { OLLAMA_MODELS, OPENROUTER_MODELS } from './catalog.ts'

export type Refusal = { status: number; body: unknown; headers?: Record<string, string> }

/** What the real OpenRouter would refuse, and two things that are our own promise: `max_tokens` and `stream` are always sent. */
export function checkForOpenRouter(
  body: ChatRequest,
  authorization: string | null,
  apiKey: string | null,
): Refusal | null {
  if (apiKey !== null) {
    if (!authorization) return refusal(401, 'Missing Authentication header')
    if (authorization !== `Bearer ${apiKey}`) return refusal(401, 'User not found.')
  }
  const model = OPENROUTER_MODELS.find(one => one.id === body.model)
  if (!model) return refusal(404, `No endpoints found for ${body.model}.`)
  if (body.tools && !model.supported_parameters.includes('tools'))
    return refusal(
      404,
      'No endpoints found that support tool use. To learn more about provider routing, visit the docs.',
    )
  if (hasPicture(body) && !model.architecture.input_modalities.includes('image'))
    return refusal(404, 'No endpoints found that support image input')
  const wrong = wrongIn(body)
  return wrong === null ? null : refusal(400, wrong)
}

export function checkForOllama(body: ChatRequest): Refusal | null {
  const model = OLLAMA_MODELS.find(one => one.id === body.model)
  const refuse = (status: number, message: string, type: string) => ({
    status,
    body: { error: { message, type, param: null, code: null } },
  })
  if (!model) return refuse(404, `model '${body.model}' not found`, 'not_found_error')
  if (body.tools && !model.capabilities.includes('tools'))
    return refuse(400, `registry.ollama.ai/library/${body.model} does not support tools`, 'invalid_request_error')
  if (picturesOf(body).some(url => !url.startsWith('data:')))
    return refuse(400, 'invalid image input', 'invalid_request_error')
  const wrong = wrongIn(body)
  return wrong === null ? null : refuse(400, wrong, 'invalid_request_error')
}

/** The first thing that is wrong with a request for any server. */
function wrongIn(body: ChatRequest & { stream?: boolean }): string | null {
  if (!Array.isArray(body.messages) || body.messages.length === 0) return 'Input required: specify "messages"'
  if (body.stream !== true) return 'This server only streams: "stream" must be true'
  if (!Number.isInteger(body.max_tokens) || body.max_tokens < 1) return '"max_tokens" must be a positive integer'
  return wrongInTools(body.messages, (body.tools ?? []).length > 0)
}

/** Every call is answered once, by its id, before the conversation goes on; arguments are JSON; tools come in every round. */
function wrongInTools(messages: ChatMessage[], hasTools: boolean): string | null {
  const open = new Set<string>()
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id)) return `No tool call found for tool_call_id ${message.tool_call_id}`
      continue
    }
    if (open.size > 0) return `tool_call_ids did not have response messages: ${[...open].join(', ')}`
    if (message.role !== 'assistant') continue
    for (const call of message.tool_calls ?? []) {
      if (!hasTools) return 'Requests which use tool calls must define tools'
      if (!isJson(call.function.arguments)) return 'invalid tool call arguments'
      open.add(call.id)
    }
  }
  return open.size > 0 ? `tool_call_ids did not have response messages: ${[...open].join(', ')}` : null
}

function picturesOf(body: ChatRequest): string[] {
  return (body.messages ?? []).flatMap(message =>
    Array.isArray(message.content)
      ? message.content.flatMap(part => (part.type === 'image_url' ? [part.image_url.url] : []))
      : [],
  )
}

function hasPicture(body: ChatRequest): boolean {
  return picturesOf(body).length > 0
}

function isJson(source: string): boolean {
  try {
    JSON.parse(source)
    return true
  } catch {
    return false
  }
}

function refusal(code: number, message: string): Refusal {
  return { status: code, body: { error: { message, code } } }
}
