import { text } from '../../providers/json.ts'
import type { SearchResult } from './engine.ts'

export const RESULTS_MAX = 8
/** UTF-16 code units. */
const TITLE_MAX = 200
const SNIPPET_MAX = 500
const AGE_MAX = 40
const URL_MAX = 2000
/** Characters of a field that are looked at at all. */
const SOURCE_MAX = 20_000

/** Zero-width, bidirectional and tag characters, selectors of variants: with them a page hides words from people. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]+/gu
const EMPHASIS = /<\/?(?:strong|em|b|i|mark|span|br)\b[^<>]{0,200}>/gi

/** As an engine sends it: anything may be missing, of another kind or hostile. */
export type RawResult = { title: unknown; url: unknown; snippet: unknown; age?: unknown }

/** What can be shown and opened of the results, in their order. `decode` reads entities where an engine writes them. */
export function tidy(raw: RawResult[], decode: (source: string) => string = same): SearchResult[] {
  const found = new Map<string, SearchResult>()
  for (const one of raw) {
    const url = openable(one.url)
    if (url === null) continue
    const page = url.href.slice(0, url.href.length - url.hash.length)
    if (found.has(page)) continue
    const words = (source: unknown, max: number) =>
      line(decode((text(source) ?? '').slice(0, SOURCE_MAX).replace(EMPHASIS, '')), max)
    found.set(page, {
      title: words(one.title, TITLE_MAX) || url.host,
      url: url.href,
      snippet: words(one.snippet, SNIPPET_MAX),
      age: dayOf(words(one.age, AGE_MAX)),
    })
    if (found.size === RESULTS_MAX) break
  }
  return [...found.values()]
}

/** One line of text that people see all of, cut to a length. */
export function line(source: string, max: number): string {
  const whole = source
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(UNSEEN, '')
    .replace(/ {2,}/g, ' ')
    .trim()
  return whole.length <= max ? whole : `${whole.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

function openable(address: unknown): URL | null {
  if (typeof address !== 'string' || !URL.canParse(address)) return null
  const url = new URL(address)
  // `https://bank.example@elsewhere.example/` is elsewhere.
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null
  return url.href.length > URL_MAX ? null : url
}

/** Of a moment to the second the day is enough; `2 days ago` stays. */
function dayOf(age: string): string | null {
  return text(/^(\d{4}-\d\d-\d\d)[T ]/.exec(age)?.[1] ?? age)
}

function same(source: string): string {
  return source
}
