import type { z } from 'zod'
import type { AiState } from '../../../shared/events.ts'

/** What a tool may know of the turn that runs it. */
export type ToolContext = {
  /** Stop, time-out or shutdown: everything the tool has begun ends now. */
  signal: AbortSignal
  /**
   * Whether this address may be opened. Once untrusted text has entered the turn, only what a person of the room wrote or
   * a search returned may be: a model that obeys a page must not carry words of the room away in an address. What a page
   * leads to by itself is untrusted from the start.
   */
  mayOpen(url: string, redirected?: boolean): boolean
}

export type ToolResult = {
  /** For the model and, on demand, for people. Data from elsewhere: the caller delimits it. */
  text: string
  /** Addresses that this result vouches for: the results of a search. */
  urls: string[]
}

/** One ability of an agent beyond talking. */
export interface Tool<T = unknown> {
  /** As the model calls it: letters, digits, `_` and `-`. */
  readonly name: string
  /** For the model: what it does and when to use it. */
  readonly description: string
  /** Of its arguments; what does not fit is told to the model and never run. */
  readonly arguments: z.ZodType<T>
  /** What the agent is doing meanwhile, for people. */
  readonly state: Extract<AiState, 'searching' | 'reading'>
  /** On what, in a few words: `“bun sqlite”`, `example.org/page`. */
  target(input: T): string
  /** Rejects with a `ToolFailure` in words for model and people, or with `signal.reason` when aborted. */
  run(input: T, context: ToolContext): Promise<ToolResult>
}

/** Why a tool could not do it: one sentence that a person understands and a model can act on, without any secret. */
export class ToolFailure extends Error {}
