import createMarkdownIt, { type MarkdownIt, type Token } from 'markdown-it'
import { codeBlocks } from './code-block.ts'
import { emojiNames } from './emoji-names.ts'
import { images } from './images.ts'
import { isOpenable, links } from './links.ts'
import { mentions } from './mentions.ts'
import { tables } from './tables.ts'
import { taskLists } from './task-lists.ts'

/** UTF-16 code units; a longer text is shown as it was written, because parsing it could hold up the page. */
export const PLAIN_ABOVE = 65_536
/** Quotes in quotes in lists: nobody reads deeper, and the sanitiser walks every level. */
const NESTING_MAX = 24

export interface Person {
  id: string
  /** Lower case, without the `@`. */
  handle: string
  display_name: string
  kind: 'human' | 'agent'
}

export interface MarkdownContext {
  /** Who can be mentioned: the people and agents of the room. */
  people: readonly Person[]
  /** The id of the reader. */
  me?: string
}

/** HTML of a message before it is sanitised. Show the outcome of `renderMarkdown` instead, unless you sanitise yourself. */
export function markdownToHtml(content: string, context: MarkdownContext): string {
  if (content.length > PLAIN_ABOVE) return `<pre class="plain-text">${markdown.utils.escapeHtml(content)}</pre>\n`
  return markdown.render(content, environment(context))
}

/** The blocks of a text with what is in them. */
export function parseBlocks(content: string): Token[] {
  return markdown.parse(content, {})
}

/** The same without what is in them: only where they begin and end. */
export function outlineOf(content: string): Token[] {
  const blocks: Token[] = []
  markdown.block.parse(content, markdown, {}, blocks)
  return blocks
}

export function environment(context: MarkdownContext): Record<string, unknown> {
  return { people: new Map(context.people.map(person => [person.handle.toLowerCase(), person])), me: context.me }
}

/**
 * The dialect of the chat. Two rules of CommonMark are left out: code by indentation, because pasted text would turn
 * into code by accident, and headings by underlining, because the first dash of a list would make one for a moment.
 */
const markdown = createMarkdownIt({
  html: false,
  linkify: true,
  typographer: false,
  breaks: true,
  maxNesting: NESTING_MAX,
})
  .disable(['code', 'lheading'])
  .use(links)
  .use(images)
  .use(codeBlocks)
  .use(tables)
  .use(taskLists)
  .use(mentions)
  .use(emojiNames)
  .use(headings)

markdown.validateLink = isOpenable

/** The page has headings of its own above those of a message. */
function headings(md: MarkdownIt) {
  md.core.ruler.push('headings', state => {
    for (const token of state.tokens) {
      if (token.type !== 'heading_open' && token.type !== 'heading_close') continue
      token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 2)}`
    }
  })
}
