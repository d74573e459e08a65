import type { Snippet } from '../../shared/search.ts'
import { withoutMarks } from './plain.ts'

/** UTF-16 code units of text around the first hit, and how many of them come before it. */
const LENGTH = 200
const LEAD = 50

type Span = { start: number; end: number }

/** The part of a text where it says what was searched for; with its Markdown only where that is what was found. */
export function snippetOf(written: string, terms: string[]): Snippet {
  const plain = withoutMarks(written)
  const content = terms.every(term => hitsIn(plain, [term]).length > 0) ? plain : written
  const hits = hitsIn(content, terms)
  const start = startOf(content, hits[0]?.start ?? 0)
  const end = endOf(content, start, hits[0]?.end ?? 0)
  const pieces: Snippet = []
  const add = (text: string, hit: boolean) => {
    if (text !== '') pieces.push({ text, hit })
  }
  let at = start
  const lead = start > 0 ? '…' : ''
  for (const hit of hits.filter(each => each.start < end)) {
    add((at === start ? lead : '') + content.slice(at, hit.start), false)
    add(content.slice(hit.start, Math.min(hit.end, end)), true)
    at = Math.min(hit.end, end)
  }
  add((at === start ? lead : '') + content.slice(at, end) + (end < content.length ? '…' : ''), false)
  return pieces
}

/** Where the terms are, in order, those that touch or overlap as one. */
function hitsIn(content: string, terms: string[]): Span[] {
  const text = fold(content)
  const found = terms.flatMap(term => {
    const wanted = fold(term).folded
    const spans: Span[] = []
    if (wanted === '') return spans
    for (let at = text.folded.indexOf(wanted); at >= 0; at = text.folded.indexOf(wanted, at + wanted.length))
      spans.push({ start: text.startOf(at), end: text.startOf(at + wanted.length) })
    return spans
  })
  const merged: Span[] = []
  for (const span of found.sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else merged.push({ ...span })
  }
  return merged
}

/** As the index compares: without case and accents. Knows where each folded piece came from. */
function fold(text: string) {
  let folded = ''
  const origins: number[] = []
  let at = 0
  for (const character of text) {
    const apart = character.normalize('NFD')
    const plain = /[\u0300-\u036f]/.test(apart) ? apart.replace(/[\u0300-\u036f]/g, '') : character
    const lower = plain.toLowerCase()
    for (let unit = 0; unit < lower.length; unit++) origins.push(at)
    folded += lower
    at += character.length
  }
  return { folded, startOf: (index: number) => origins[index] ?? text.length }
}

/** Somewhat before the first hit, at the beginning of a word where there is one. */
function startOf(content: string, hit: number): number {
  if (hit <= LEAD) return 0
  const earliest = whole(content, hit - LEAD)
  const word = content.slice(earliest, hit).search(/\s\S/u)
  return word < 0 ? earliest : earliest + word + 1
}

function endOf(content: string, start: number, hitEnd: number): number {
  const latest = Math.max(start + LENGTH, hitEnd)
  if (latest >= content.length) return content.length
  const cut = whole(content, latest)
  const space = content.slice(hitEnd, cut).search(/\s\S*$/u)
  // A long way back to the last space means that the writing has none.
  return space >= 0 && cut - (hitEnd + space) < LEAD ? hitEnd + space : cut
}

/** Not in the middle of a pair of surrogates. */
function whole(content: string, at: number): number {
  const unit = content.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}
