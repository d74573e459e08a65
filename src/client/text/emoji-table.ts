/** One line of the table: character, name, group, short names, further words to find it by; the last two by blanks. */
export type EmojiLine = [char: string, name: string, group: number, shortcodes: string, tags: string]

export type Described = {
  hexcode: string
  label: string
  unicode: string
  group?: number
  order?: number
  tags?: string[]
}

/**
 * Of what emojibase tells, what a chat needs: no skin tones, no parts of flags, no tag that the names say already. The
 * build does this once, so browsers load a third of it.
 */
export function emojiTable(all: readonly Described[], names: Record<string, string | string[]>): EmojiLine[] {
  return all
    .filter(emoji => emoji.group !== undefined && emoji.group !== COMPONENT)
    .sort((one, other) => (one.order ?? 0) - (other.order ?? 0))
    .map(({ hexcode, label, unicode, group = 0, tags = [] }) => {
      const shortcodes = [names[hexcode] ?? label.toLowerCase().replace(/[^a-z0-9]+/g, '_')].flat()
      const said = new Set(`${label} ${shortcodes.join(' ')}`.toLowerCase().split(/[^\p{L}\p{N}]+/u))
      const more = tags.filter(tag => /^[\p{L}\p{N}-]+$/u.test(tag) && !said.has(tag))
      return [asTyped(unicode), label, group, shortcodes.join(' '), more.join(' ')]
    })
}

/** Skin tones and hair, which stand for nothing by themselves. */
const COMPONENT = 2

/** Keyboards leave out the sign for "as a picture" where there is no other way to show the character. */
function asTyped(char: string): string {
  return char.replace(/^(\p{Emoji_Presentation})\uFE0F$/u, '$1')
}
