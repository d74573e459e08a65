export type Emoji = {
  char: string
  name: string
  /** Short names without colons, the usual one first. */
  shortcodes: string[]
  /** 0 smileys, 1 people, 3 nature, 4 food, 5 travel, 6 activities, 7 objects, 8 symbols, 9 flags. */
  group: number
  /** More words that it is found by. */
  tags: string[]
}

/** `:tada:`, not within a word, a time or a path. */
const NAMED = /(?<![\p{L}\p{N}_/])(?::([+-]1|[a-z0-9][a-z0-9_+-]*):)(?![\p{L}\p{N}_/])/gu

let loading: Promise<Emoji[]> | undefined
let chars: Map<string, string> | undefined

/** All emoji in their usual order, loaded when they are first asked for. Rejects when they cannot be had, and may be asked again. */
export function loadEmoji(): Promise<Emoji[]> {
  loading ??= fetchEmoji().catch(error => {
    loading = undefined
    throw error
  })
  return loading
}

async function fetchEmoji(): Promise<Emoji[]> {
  const { table } = await import('./emoji-data.ts')
  const all = table.map(([char, name, group, shortcodes, tags]) => ({
    char,
    name,
    shortcodes: shortcodes.split(' '),
    group,
    tags: tags ? tags.split(' ') : [],
  }))
  chars = new Map(all.flatMap(({ char, shortcodes }) => shortcodes.map(code => [code, char])))
  return all
}

/** Whether a text has something like `:name:` in it that cannot be shown as an emoji before they are loaded. */
export function awaitsEmoji(text: string): boolean {
  return !chars && text.search(NAMED) >= 0
}

/** The text with `:tada:` as 🎉; what is no name of an emoji, or not yet known to be, stands as it was typed. */
export function withEmoji(text: string): string {
  return chars ? text.replace(NAMED, (typed, name: string) => chars?.get(name) ?? typed) : text
}
