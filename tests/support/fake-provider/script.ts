/** What the fake provider does with one request. Everything left out is what a well-behaved server would do. */
export type Script = {
  /** Keep-alive comments before the first chunk. */
  comments?: number
  reasoning?: Pieces
  /** The answer, in pieces; a plain string comes in pieces of a few words. */
  text?: Pieces
  /** Milliseconds before each piece of text or reasoning. */
  pace?: number
  toolCalls?: ScriptedCall[]
  /** Data URLs of generated pictures. */
  images?: string[]
  citations?: { url: string; title: string }[]
  finish?: 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error'
  nativeFinish?: string
  /** Null: none is sent. */
  usage?: { prompt_tokens?: number; completion_tokens?: number; cost?: number } | null
  /** The model and the upstream provider that the chunks name. */
  model?: string
  provider?: string
  /** Answers with this instead of a stream. */
  refuse?: { status: number; body: unknown; headers?: Record<string, string> }
  /** An error within the stream, after so many pieces of text. */
  breakAt?: { piece: number; error: unknown }
  /** The connection is cut after so many pieces of text; 0: before the first byte. */
  cutAt?: number
  /** Nothing comes any more after so many pieces of text; the connection stays open. */
  stallAt?: number
  /** These bytes instead of a stream of the fake's own, in slices of so many bytes or cut at these offsets, `pace` milliseconds apart. */
  raw?: { body: string | Uint8Array; slice?: number | number[]; pace?: number; headers?: Record<string, string> }
}

/** A list of pieces may be asynchronous, so that a test decides when the next one comes. */
export type Pieces = string | Iterable<string> | AsyncIterable<string>

export type ScriptedCall = { id?: string; name: string; arguments?: Record<string, unknown> | string }

/** Pieces about as large as a model's. */
export function piecesOf(pieces: Pieces): Iterable<string> | AsyncIterable<string> {
  return typeof pieces === 'string' ? (pieces.match(/\s*\S{1,12}|\s+$/gu) ?? []) : pieces
}

export function argumentsText(call: ScriptedCall): string {
  return typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {})
}
