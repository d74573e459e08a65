import all from 'emojibase-data/en/compact.json' with { type: 'json' }
import names from 'emojibase-data/en/shortcodes/github.json' with { type: 'json' }
import { type EmojiLine, emojiTable } from './emoji-table.ts'

/** The build puts the finished table in the place of this module, see `emoji-build.ts`. */
export const table: EmojiLine[] = emojiTable(all, names)
