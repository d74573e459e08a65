const CONSECUTIVE = 4
const WORD_START = 6
const FIRST = 4
const SIDE_BY_SIDE = 8
/** What lies between two letters that were found, up to so many. */
const GAP_MAX = 8

/**
 * How well a name fits what was typed, higher is better; null where it does not. Each word of the query has to occur, its
 * letters side by side, or in their order from the start of a word on: "inre" finds "incident-response".
 */
export function fit(query: string, name: string): number | null {
  const text = folded(name)
  let sum = 0
  for (const word of folded(query).split(/\s+/).filter(Boolean)) {
    const score = fitWord([...word], [...text])
    if (score === null) return null
    sum += score
  }
  // Of names that fit alike the shorter one is nearer.
  return sum - text.length / 100
}

function fitWord(letters: string[], text: string[]): number | null {
  const starts = text.flatMap((letter, at) => (letter === letters[0] ? [at] : []))
  const scores = starts.flatMap(start => fitFrom(start, letters, text) ?? [])
  return scores.length ? Math.max(...scores) : null
}

/** Whether the words of a query begin words of a text, for what is known by its words rather than by its looks. */
export function fitWords(query: string, text: string): number | null {
  const words = folded(text).split(/[^\p{L}\p{N}]+/u)
  const at = folded(query)
    .split(/\s+/)
    .filter(Boolean)
    .map(word => words.findIndex(one => one.startsWith(word)))
  return at.includes(-1) ? null : -Math.max(0, ...at)
}

/** From each letter to its next occurrence, at the start of a word if there is one. */
function fitFrom(start: number, letters: string[], text: string[]): number | null {
  const side_by_side = letters.every((letter, nth) => text[start + nth] === letter)
  if (!side_by_side && !isWordStart(start, text)) return null
  let score = side_by_side ? SIDE_BY_SIDE : 0
  let last = -1
  for (const [nth, letter] of letters.entries()) {
    const at = side_by_side ? start + nth : nth === 0 ? start : nextOf(letter, last, text)
    if (at < 0) return null
    if (at === 0) score += FIRST
    if (isWordStart(at, text)) score += WORD_START
    if (nth > 0) score += at === last + 1 ? CONSECUTIVE : -Math.min(at - last, GAP_MAX) / 4
    last = at
  }
  return score
}

function nextOf(letter: string, after: number, text: string[]): number {
  if (text[after + 1] === letter) return after + 1
  const word_start = text.findIndex((one, at) => at > after && one === letter && isWordStart(at, text))
  return word_start >= 0 ? word_start : text.indexOf(letter, after + 1)
}

function isWordStart(at: number, text: string[]): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '')
}

/** Without capitals and accents. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
