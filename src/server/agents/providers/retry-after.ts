import { type JsonRecord, number, record } from './json.ts'

/** A longer wait than a day is a mistake in a clock or in a unit. */
const WAIT_MAX_S = 86_400
/** Above these a number is a moment (in seconds, in milliseconds) and no span. */
const EPOCH_S = 1_000_000_000
const EPOCH_MS = 1_000_000_000_000

/** Seconds to wait, from the header, OpenRouter's `availability` or its `metadata`; null where nobody said so. */
export function retryAfter(error: JsonRecord, headers: Headers, status: number | null, now: number): number | null {
  const metadata = record(error.metadata) ?? {}
  const said = new Headers()
  for (const [name, value] of Object.entries(record(metadata.headers) ?? {})) {
    if (/^[\w-]+$/.test(name) && /^[\w ,:.+-]+$/.test(String(value))) said.set(name, String(value))
  }
  // When the window of a rate limit ends says something only about a request that the limit refused.
  const reset = status === 429 ? (headers.get('x-ratelimit-reset') ?? said.get('x-ratelimit-reset')) : null
  const answers = [
    headers.get('retry-after'),
    record(error.availability)?.retry_after,
    metadata.retry_after,
    metadata.retry_after_seconds,
    said.get('retry-after'),
    reset,
  ]
  for (const answer of answers) {
    const seconds = secondsFrom(answer, now)
    if (seconds !== null) return seconds
  }
  return null
}

function secondsFrom(value: unknown, now: number): number | null {
  const amount = number(value) ?? number(typeof value === 'string' ? Date.parse(value) : null)
  if (amount === null || amount < 0) return null
  const seconds = amount > EPOCH_MS ? (amount - now) / 1000 : amount > EPOCH_S ? amount - now / 1000 : amount
  if (seconds > WAIT_MAX_S) return null
  return Math.max(0, Math.ceil(seconds))
}

export function inWords(seconds: number): string {
  if (seconds < 90) return amount(seconds, 'second')
  if (seconds < 5400) return amount(Math.round(seconds / 60), 'minute')
  return amount(Math.round(seconds / 3600), 'hour')
}

function amount(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
