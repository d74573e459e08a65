const RUN = /^(?:`+|\*+|_+|~{2,})/
const UNFINISHED_IMAGE = /!(?:\[[^\]]*(?:\](?:\([^)]*)?)?)?$/
const UNFINISHED_LINK = /\[([^[\]]*)(?:\](?:\([^)\n]*)?)?$/
const UNFINISHED_AUTOLINK = /<((?:https?|mailto):[^\s>]*)?$/

interface Opening {
  marker: string
  /** Where it stands in the text. */
  at: number
}

/** Closes the emphasis, strike-through and code that one paragraph has left open, and hides half a link. */
export function closeInline(paragraph: string): string {
  const { open, code, halfClosed } = openings(paragraph)
  if (code) return closeCode(paragraph, code, open)

  const text = hideHalfLinks(paragraph.slice(0, halfClosed)).replace(/(?<!\\)\\$/, '')
  return closeEmphasis(
    text,
    open.filter(({ at }) => at < text.length),
  )
}

function openings(text: string): { open: Opening[]; code?: Opening; halfClosed?: number } {
  const open: Opening[] = []
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') {
      at++
      continue
    }
    const marker = RUN.exec(text.slice(at, at + 100))?.[0]
    if (!marker) continue
    const end = at + marker.length
    if (marker[0] === '`') {
      const closing = closingTicks(text, end, marker.length)
      if (closing < 0) return { open, code: { marker, at } }
      at = closing - 1
      continue
    }
    // Half of a closing run, as in `**bold*`.
    if (end === text.length && closes(open.at(-1), marker, text[at - 1]) === 'in part') return { open, halfClosed: at }
    takeEmphasis(open, marker, at, text[at - 1] ?? ' ', text[end])
    at = end - 1
  }
  return { open }
}

function closingTicks(text: string, from: number, length: number): number {
  for (const run of text.slice(from).matchAll(/`+/g)) if (run[0].length === length) return from + run.index + length
  return -1
}

function takeEmphasis(open: Opening[], marker: string, at: number, before: string, after: string | undefined) {
  const last = open.at(-1)
  const withinWord = marker[0] === '_' && /[\p{L}\p{N}]/u.test(before)
  if (last && closes(last, marker, before)) {
    const left = last.marker.length - marker.length
    open.pop()
    if (left > 0) open.push({ marker: last.marker.slice(0, left), at: last.at })
  } else if (!withinWord && (after === undefined || !/\s/.test(after))) {
    open.push({ marker, at })
  }
}

function closes(last: Opening | undefined, marker: string, before = ' '): 'wholly' | 'in part' | undefined {
  if (last?.marker[0] !== marker[0] || /\s/.test(before)) return
  return marker.length < (last?.marker.length ?? 0) ? 'in part' : 'wholly'
}

function closeCode(paragraph: string, { marker, at }: Opening, open: Opening[]): string {
  const code = paragraph.slice(at + marker.length)
  const before = paragraph.slice(0, at)
  // The last ticks may be the first of the closing run.
  const text = code.replace(/`+$/, '')
  return text.trim() ? closeEmphasis(`${before}${marker}${text.trimEnd()}${marker}`, open) : closeInline(before)
}

function hideHalfLinks(text: string): string {
  return text.replace(UNFINISHED_IMAGE, '').replace(UNFINISHED_LINK, '$1').replace(UNFINISHED_AUTOLINK, '$1')
}

function closeEmphasis(paragraph: string, open: Opening[]): string {
  let text = paragraph.trimEnd()
  const pending = [...open]
  // Nothing stands in it yet.
  for (let last = pending.at(-1); last && /^[*_~]*$/.test(text.slice(last.at)); last = pending.at(-1)) {
    text = text.slice(0, last.at).trimEnd()
    pending.pop()
  }
  return (
    text +
    pending
      .reverse()
      .map(({ marker }) => marker)
      .join('')
  )
}
