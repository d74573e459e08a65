import type { AiRun } from '../../shared/messages.ts'

export type NewRun = Pick<AiRun, 'run_id' | 'trigger_message_id' | 'covers' | 'requested_by' | 'model_id'> & {
  version?: number
}

/** A run of which nothing is known yet but who asked what of which model. */
export function newRun({ version = 1, ...asked }: NewRun): AiRun {
  return {
    ...asked,
    model: null,
    provider: null,
    prompt_tokens: null,
    completion_tokens: null,
    total_tokens: null,
    cost_usd: null,
    response_ms: null,
    first_token_ms: null,
    tokens_per_second: null,
    finish_reason: null,
    error: null,
    error_code: null,
    stopped_by: null,
    reasoning: null,
    tools: [],
    version,
    version_count: version,
  }
}
