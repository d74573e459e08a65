import { parseJson, record, records, text } from './json.ts'

/** Characters of a provider's own words in a message. */
const REASON_MAX = 300
/** Of a reason wrapped in JSON, wrapped in JSON … */
const DEPTH_MAX = 4
/** Characters that are looked at at all: nobody needs the end of a page of HTML. */
const SOURCE_MAX = 20_000

/** The provider's own words in an error of any shape; those of the upstream provider, if there are any, before its own. */
export function reasonIn(error: unknown, depth = 0): string | null {
  if (depth > DEPTH_MAX) return null
  if (typeof error === 'string') {
    const inner = /^\s*[[{]/.test(error) ? parseJson(error) : undefined
    return (inner === undefined ? null : reasonIn(inner, depth + 1)) ?? text(error.trim())
  }
  if (Array.isArray(error)) return reasonIn(records(error)[0] ?? null, depth + 1)
  const details = record(error)
  if (!details) return null
  const metadata = record(details.metadata)
  for (const source of [metadata?.raw, details.message, details.error, details.detail, details.msg, details.errors]) {
    const reason = reasonIn(source, depth + 1)
    if (reason) return reason
  }
  return null
}

/** One line of plain text, without markup, keys or control characters, cut to a readable length. */
export function plain(source: string | null, apiKey: string | null): string | null {
  if (source === null) return null
  const bare = redact(source.slice(0, SOURCE_MAX), apiKey)
  const line = withoutMarkup(bare)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  if (line.length <= REASON_MAX) return text(line)
  return `${line.slice(0, REASON_MAX).replace(/[\uD800-\uDBFF]$/, '')}…`
}

export function quoted(reason: string): string {
  return /[.!?…]$/.test(reason) ? `“${reason}”` : `“${reason}”.`
}

function redact(source: string, apiKey: string | null): string {
  const known = apiKey ? source.replaceAll(apiKey, '[key]') : source
  return known.replace(/\bsk-[\w.*-]{6,}/g, '[key]').replace(/\bBearer\s+[\w.~+/=-]+/gi, '[key]')
}

/** Of a page of HTML its title remains; a stray tag within a sentence goes, `<model>` and other mere brackets stay. */
function withoutMarkup(source: string): string {
  if (/<!doctype|<html[\s>]/i.test(source)) return /<title[^>]*>([^<]*)<\/title/i.exec(source)?.[1] ?? ''
  return source.replace(
    /<\/?(a|b|body|br|center|code|div|em|h[1-6]|hr|i|iframe|img|li|p|pre|script|span|strong|style|svg|ul)\b[^>]*>?/gi,
    ' ',
  )
}
