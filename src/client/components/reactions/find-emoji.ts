import type { Emoji } from '../../text/emoji.ts'

export type Shelf = { name: string; emoji: readonly Emoji[] }

const GROUPS = ['Smileys', 'People', 'Nature', 'Food', 'Travel', 'Activities', 'Objects', 'Symbols', 'Flags']
/** As emojibase counts them; the one that is left out has nothing that stands for itself. */
const NUMBERS = [0, 1, 3, 4, 5, 6, 7, 8, 9]
const FOUND_MOST = 120

/** All of them by kind, those used lately first. */
export function shelvesOf(all: readonly Emoji[], recent: readonly string[]): Shelf[] {
  const by_char = new Map(all.map(emoji => [emoji.char, emoji]))
  const known = recent.flatMap(char => by_char.get(char) ?? [])
  const shelves = NUMBERS.map((group, at) => ({
    name: GROUPS[at] ?? '',
    emoji: all.filter(emoji => emoji.group === group),
  }))
  return known.length ? [{ name: 'Used lately', emoji: known }, ...shelves] : shelves
}

/** Those that a few letters mean: by the beginning of a name first, then of any word, then anywhere in one. */
export function findEmoji(all: readonly Emoji[], query: string): Emoji[] {
  const wanted = query.toLowerCase().replace(/[:_]/g, ' ').trim()
  if (!wanted) return []
  const ranked = all.flatMap(emoji => {
    const rank = rankOf(emoji, wanted)
    return rank < 0 ? [] : [{ emoji, rank }]
  })
  return ranked
    .sort((one, other) => one.rank - other.rank)
    .slice(0, FOUND_MOST)
    .map(each => each.emoji)
}

function rankOf({ char, name, shortcodes, tags }: Emoji, wanted: string): number {
  const names = [name.toLowerCase(), ...shortcodes.map(code => code.replaceAll('_', ' '))]
  if (char === wanted || names.some(each => each === wanted)) return 0
  if (names.some(each => each.startsWith(wanted))) return 1
  const words = [...names.flatMap(each => each.split(/[ -]/)), ...tags]
  if (words.some(word => word.startsWith(wanted))) return 2
  return names.some(each => each.includes(wanted)) ? 3 : -1
}
