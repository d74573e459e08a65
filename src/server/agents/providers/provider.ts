import type { ModelList } from '../../../shared/rooms.ts'

/** One message of a conversation in the OpenAI-compatible wire; `content` parts carry pictures. */
export type ChatMessage =
  | { role: 'system'; content: string }
  | { role: 'user'; content: string | ContentPart[] }
  | { role: 'assistant'; content: string | null; tool_calls?: ToolCallOnWire[]; reasoning_details?: unknown[] }
  | { role: 'tool'; tool_call_id: string; content: string }

export type ContentPart = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } }

export type ToolCallOnWire = { id: string; type: 'function'; function: { name: string; arguments: string } }

export type ToolSpec = {
  type: 'function'
  function: { name: string; description: string; parameters: Record<string, unknown> }
}

export type ChatRequest = {
  model: string
  messages: ChatMessage[]
  /** Always sent: without it OpenRouter's credit check assumes the model's whole output. */
  max_tokens: number
  tools?: ToolSpec[]
  /** `none`: the tools are named, as servers insist on while calls stand in the conversation, but may not be called. */
  tool_choice?: 'auto' | 'none'
}

/** A tool call as the model asked for it. `arguments` is its JSON text, `{}` when the model sent none; it may be invalid. */
export type ToolCall = { id: string; name: string; arguments: string }

export type Usage = {
  prompt_tokens: number | null
  completion_tokens: number | null
  total_tokens: number | null
  /** USD as the provider billed it, null where it names no price. */
  cost_usd: number | null
}

/** All that one request brought, up to its end or to its failure. */
export type Completion = {
  text: string
  reasoning: string
  /** To be sent back unchanged in a tool loop. */
  reasoning_details: unknown[]
  /** To be run only where `error` is null: before that they may be incomplete. `finish_reason` does not matter. */
  tool_calls: ToolCall[]
  /** Data URLs of generated pictures. */
  images: string[]
  citations: { url: string; title: string }[]
  finish_reason: string | null
  /** The model and the upstream provider that answered, in the server's own words. */
  model: string | null
  provider: string | null
  usage: Usage | null
  /** Null when the answer came whole. What had arrived before a failure is kept above. */
  error: ProviderFailure | null
}

export type ProviderFailure = {
  /** HTTP status or the code within the stream, null for a cut connection or a timeout. */
  status: number | null
  /** A stable word: `unauthorized`, `credits`, `rate_limited`, `context_length`, `no_tools`, `unreachable`, `timeout`, `truncated`, `empty` … */
  code: string
  /** One or two sentences for a person in the room, with the provider's own reason; never a key, never HTML. */
  message: string
  /** Seconds to wait before another try, where the provider said so. */
  retry_after: number | null
}

export type ChatListener = {
  onText?: (text: string) => void
  onReasoning?: (text: string) => void
  /** The first byte of the answer's body, a keep-alive comment included. */
  onFirstByte?: () => void
}

/** An OpenAI-compatible server. */
export interface Provider {
  /** `openrouter`, `ollama`, `offline` or the server's host. */
  readonly name: string
  /** For the start-up line: what the assistant runs on, in words. */
  readonly description: string
  /** The provider's models, cached for five minutes; the last good list when it cannot be asked. */
  models(): Promise<ModelList>
  /** Streams one completion. Never rejects for what the provider did: see `Completion.error`. Rejects with `signal.reason` when aborted. */
  chat(request: ChatRequest, listener: ChatListener, signal: AbortSignal): Promise<Completion>
  close(): void
}
