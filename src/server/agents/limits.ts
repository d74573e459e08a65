/** How far one run of an agent may go, whatever its model wants. */
export type RunLimits = {
  /** Requests to the model, the last of which may call no tool. */
  rounds: number
  /** Tool calls in all. */
  calls: number
  /** Milliseconds for one tool call … */
  call_ms: number
  /** … and for the whole run. */
  run_ms: number
  /** Tokens in all, read and written, as far as the provider counts them. */
  tokens: number
}

export const RUN_LIMITS: RunLimits = {
  rounds: 8,
  calls: 16,
  call_ms: 30_000,
  run_ms: 10 * 60_000,
  tokens: 400_000,
}
