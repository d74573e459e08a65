/** How long the text had grown, in UTF-16 code units, and when, in milliseconds. */
export interface Arrival {
  length: number
  at: number
}

/** Nothing is shown later than this after it came, in milliseconds. */
export const LAG_MAX = 350
/** In so many milliseconds about two thirds of what is behind get shown. */
const DRAIN = 120
const PER_MILLISECOND_MIN = 0.04

/** How much of the text the next frame shows, `elapsed` milliseconds after the last one. */
export function nextLength(shown: number, arrivals: readonly Arrival[], now: number, elapsed: number): number {
  const target = arrivals.at(-1)?.length ?? shown
  const behind = target - shown
  if (behind <= 0) return shown
  const share = behind * (1 - Math.exp(-elapsed / DRAIN))
  const flowing = shown + Math.ceil(Math.max(share, elapsed * PER_MILLISECOND_MIN, 1))
  return Math.min(target, Math.max(flowing, dueLength(arrivals, now)))
}

/** What has to be there by now. */
function dueLength(arrivals: readonly Arrival[], now: number): number {
  return arrivals.findLast(({ at }) => now - at >= LAG_MAX)?.length ?? 0
}

/** A length near `length` that cuts no character in two: no surrogate pair, no accent, no joined emoji. */
export function wholeCharacters(text: string, length: number): number {
  let end = length
  while (end > 0 && end < text.length && (CONTINUES.test(text.slice(end, end + 2)) || text[end - 1] === JOINER)) end++
  return end
}

const JOINER = '\u200d'
const CONTINUES = /^(?:[\udc00-\udfff]|\p{M}|\u200d|\p{Emoji_Modifier})/u
