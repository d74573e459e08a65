import type { MarkdownIt } from 'markdown-it'
import { withEmoji } from './emoji.ts'

/** `:tada:` as 🎉 in running text; addresses, code and what was escaped stay as they were written. */
export function emojiNames(md: MarkdownIt) {
  md.core.ruler.before('text_join', 'emoji-names', state => {
    for (const block of state.tokens) {
      let within_address = false
      for (const token of block.children ?? []) {
        if (token.type === 'link_open') within_address = token.info === 'auto'
        else if (token.type === 'link_close') within_address = false
        else if (token.type === 'text' && !within_address) token.content = withEmoji(token.content)
      }
    }
  })
}
