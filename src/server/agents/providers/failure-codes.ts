import { type JsonRecord, record, text } from './json.ts'

/** What a provider calls it, in a `type`, `error_type` or `code`, and what we call it. */
const CODES_OF_WORDS: Record<string, string> = {
  authentication: 'unauthorized',
  authentication_error: 'unauthorized',
  invalid_api_key: 'unauthorized',
  payment_required: 'credits',
  insufficient_quota: 'credits',
  permission_denied: 'forbidden',
  region_restricted: 'forbidden',
  privacy_restricted: 'forbidden',
  content_policy_violation: 'content_policy',
  refusal: 'content_policy',
  context_length_exceeded: 'context_length',
  exceed_context_size_error: 'context_length',
  token_limit_exceeded: 'context_length',
  string_too_long: 'context_length',
  payload_too_large: 'too_large',
  image_too_large: 'too_large',
  rate_limit_exceeded: 'rate_limited',
  capacity_exhausted: 'rate_limited',
  model_not_found: 'model_not_found',
  model_deprecated: 'model_not_found',
  free_variant_ended: 'model_not_found',
  not_found: 'model_not_found',
  not_found_error: 'model_not_found',
  provider_overloaded: 'unavailable',
  provider_unavailable: 'unavailable',
  temporarily_unavailable: 'unavailable',
  model_unavailable_upstream: 'unavailable',
  timeout: 'timeout',
}

const CODES_OF_STATUS: Record<number, string> = {
  401: 'unauthorized',
  402: 'credits',
  403: 'forbidden',
  404: 'model_not_found',
  408: 'timeout',
  413: 'too_large',
  429: 'rate_limited',
  504: 'timeout',
  524: 'timeout',
}

const NO_TOOLS = /support\w* tool|tool\w* (are|is) not supported|--enable-auto-tool-choice|tools?\b.*--jinja/i
const TOO_LONG = /context (length|size|window)|maximum context|prompt (is )?too long|maximum.{0,20} input tokens/i

/** Our stable word for a failure. `beforeStream` tells a refused request from an answer that broke in the middle. */
export function classify(status: number | null, beforeStream: boolean, error: JsonRecord, reason: string): string {
  const metadata = record(error.metadata)
  if (status !== 429 && status !== 402) {
    if (NO_TOOLS.test(reason)) return 'no_tools'
    if (TOO_LONG.test(reason)) return 'context_length'
  }
  // Asked of nearest first: `availability` and `metadata` are OpenRouter's, the others what OpenAI's kin agree on.
  const words = [record(error.availability)?.code, metadata?.error_type, error.error_type, error.type, error.code]
  for (const word of words) {
    const code = CODES_OF_WORDS[text(word) ?? '']
    if (code) return code
  }
  if (status === 403 && (metadata?.reasons || metadata?.patterns)) return 'content_policy'
  const code = CODES_OF_STATUS[status ?? 0]
  if (code) return code
  if (status !== null && status >= 500) return 'unavailable'
  return beforeStream ? 'invalid_request' : 'provider_error'
}

const LEADS: Record<string, (who: string) => string> = {
  unauthorized: who => `${who} refused the API key. An administrator should check OPENROUTER_API_KEY.`,
  credits: who => `The credits at ${who} do not cover this answer. Add credits there or choose a cheaper model.`,
  forbidden: who => `${who} does not allow this request.`,
  content_policy: who => `${who} declined to answer because of its content rules.`,
  model_not_found: who => `${who} does not offer this model. Choose another one in the room's settings.`,
  no_tools: () => `This model cannot use tools. Choose one that can in the room's settings.`,
  context_length: () =>
    `The conversation is longer than this model can read. Clear the room or choose a model with a larger window.`,
  too_large: who => `The request was too large for ${who}. Fewer or smaller pictures may help.`,
  rate_limited: who => `${who} is limiting requests for this model at the moment.`,
  timeout: who => `${who} took too long to answer.`,
  unavailable: who => `${who} cannot answer at the moment.`,
  invalid_request: who => `${who} did not accept the request.`,
  unreachable: who => `${who} could not be reached.`,
  truncated: who => `The connection to ${who} broke off before the answer was finished.`,
  oversized: who => `${who} sent an answer that is too large to read.`,
  no_room: () => `The model used up the length of its answer before it wrote a word.`,
  empty: who => `${who} sent an empty answer. Asking again, or another model, may help.`,
}

/** The first sentence: what happened and what can be done about it. */
export function leadOf(code: string, who: string): string {
  return LEADS[code]?.(who) ?? `${who} stopped with an error.`
}
