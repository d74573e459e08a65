import { withoutCode } from '../../../shared/mentions.ts'
import type { Emoji } from '../../text/emoji.ts'

/** `:ta`, not within a word, a time, a path or another name. */
const UNFINISHED = /(?<![\p{L}\p{N}_:/]):([a-z0-9_+-]{2,})$/iu
const OFFERED = 8
/** Longer than any name. */
const FAR = 1_000

/** The `:name` that the caret stands behind: where it begins, and what was typed of it. */
export function emojiAt(text: string, caret: number): { start: number; query: string } | null {
  const before = text.slice(0, caret)
  const query = UNFINISHED.exec(before)?.[1]
  if (query === undefined) return null
  const start = caret - query.length - 1
  return isCode(before, start) ? null : { start, query: query.toLowerCase() }
}

/** Those whose short name begins with it, the shortest first, then those with a word that does, in the usual order. */
export function fittingEmoji(all: readonly Emoji[], query: string): Emoji[] {
  return all
    .map(emoji => ({ emoji, distance: distanceOf(emoji, query) }))
    .filter(({ distance }) => distance < FAR)
    .sort((one, other) => one.distance - other.distance)
    .slice(0, OFFERED)
    .map(({ emoji }) => emoji)
}

function distanceOf({ shortcodes, name, tags }: Emoji, query: string): number {
  const begins = (word: string) => word.startsWith(query)
  const named = shortcodes.filter(begins).map(code => code.length)
  if (named.length) return Math.min(...named)
  if (shortcodes.some(code => code.split('_').some(begins))) return FAR - 2
  return [...name.toLowerCase().split(' '), ...tags].some(begins) ? FAR - 1 : FAR
}

/** Within a fence, or behind a backtick that nothing closes yet. */
function isCode(before: string, start: number): boolean {
  const line = before.slice(before.lastIndexOf('\n') + 1)
  return withoutCode(before)[start] !== ':' || line.split('`').length % 2 === 0
}
