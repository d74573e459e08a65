import { parseBlocks } from './markdown-html.ts'

/** A message as one line of plain text, at most `max` UTF-16 code units, for previews and announcements. */
export function plainText(content: string, max = 200): string {
  const words: string[] = []
  for (const block of parseBlocks(content.slice(0, max * 4))) {
    if (block.type === 'fence') words.push(block.content)
    for (const token of block.children ?? []) {
      words.push(token.type === 'softbreak' || token.type === 'hardbreak' ? ' ' : token.content)
    }
    if (block.nesting <= 0) words.push(' ')
  }
  const line = words.join('').replace(/\s+/g, ' ').trim()
  return line.length > max ? `${line.slice(0, max - 1).trimEnd()}…` : line
}
