import { classify, leadOf } from './failure-codes.ts'
import { number, parseJson, record, records, text } from './json.ts'
import type { ProviderFailure } from './provider.ts'
import { plain, quoted, reasonIn } from './reason.ts'
import { inWords, retryAfter } from './retry-after.ts'

export type Failures = ReturnType<typeof createFailures>

/**
 * Turns whatever went wrong at a provider into words for the people in the room: what happened and what can be done, what
 * the provider itself said, when to try again. `who` is the provider in words (“OpenRouter”); `apiKey` is cut out of
 * whatever the provider says, should it repeat the key.
 */
export function createFailures(who: string, apiKey: string | null, now: () => number = Date.now) {
  function failure(status: number | null, code: string, reason: string | null, wait: number | null, by = who) {
    const said = reason ? ` ${by} said: ${quoted(reason)}` : ''
    const again = wait === null ? '' : ` Try again in ${inWords(wait)}.`
    return { status, code, message: `${leadOf(code, who)}${said}${again}`, retry_after: wait } satisfies ProviderFailure
  }

  /** An error as it stands in a body, with the status of HTTP, or in a chunk of the stream, with null. */
  function fromError(error: unknown, status: number | null = null, headers = new Headers()): ProviderFailure {
    const details = record(error) ?? {}
    const named = number(details.code) ?? number(details.http_status) ?? number(details.status)
    const actual = named !== null && named >= 400 && named < 600 ? named : status
    const reason = plain(reasonIn(error), apiKey)
    const code = classify(actual, status !== null, details, reason ?? '')
    const upstream = plain(text(record(details.metadata)?.provider_name), apiKey)
    return failure(actual, code, reason, retryAfter(details, headers, actual, now()), upstream ?? who)
  }

  return {
    fromError,

    /** An HTTP answer that is no stream: an error status, or a body of another kind. */
    fromResponse(status: number, headers: Headers, body: string): ProviderFailure {
      const json = parseJson(body)
      const whole = record(json) ?? records(json)[0]
      if (whole) return fromError(whole.error ?? records(whole.errors)[0] ?? whole, status, headers)
      const kind = headers.get('content-type')?.split(';')[0]?.trim() || 'no content type'
      const reason = plain(body, apiKey)
      return fromError(`HTTP ${status} (${plain(kind, apiKey)})${reason ? `, ${reason}` : ''}`, status, headers)
    },

    /** The server was not reached, or it hung up: before the answer began, or in the middle of it. */
    fromNetwork(error: unknown, begun: boolean, host: string): ProviderFailure {
      if (begun) return failure(null, 'truncated', null, null)
      return failure(null, 'unreachable', `${host}: ${networkCause(error)}`, null, 'The network')
    },

    timedOut: (after: 'first byte' | 'silence' | 'overall', ms: number): ProviderFailure => ({
      status: null,
      code: 'timeout',
      message: `${who} ${TIMEOUTS[after]} ${inWords(Math.ceil(ms / 1000))}.`,
      retry_after: null,
    }),

    /** What the server did in its own way, in one of our words: `truncated`, `empty`, `provider_error` … */
    of: (code: string, reason: string | null = null): ProviderFailure =>
      failure(null, code, plain(reason, apiKey), null),
  }
}

const TIMEOUTS = {
  'first byte': 'did not begin to answer within',
  silence: 'went silent in the middle of the answer: nothing came for',
  overall: 'did not finish the answer within',
}

function networkCause(error: unknown): string {
  const code = text(record(error)?.code) ?? ''
  if (/refused/i.test(code)) return 'the connection was refused'
  if (/notfound|eai_again/i.test(code)) return 'no such host was found'
  if (/reset|closed|epipe/i.test(code)) return 'the connection was closed'
  if (/cert|tls|ssl|self_signed|unable_to_verify/i.test(code)) return 'its certificate is not trusted'
  if (/timedout|timeout/i.test(code)) return 'the connection timed out'
  return code === '' ? 'the connection failed' : `the connection failed (${code})`
}
