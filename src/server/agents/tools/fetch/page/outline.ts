import { decodeHTML } from 'entities'
import type { Page } from './page.ts'

const NOT_FOR_READERS =
  'script, style, noscript, template, svg, iframe, object, select, nav, footer, [hidden], [aria-hidden=true]'
const BLOCKS =
  'p, div, section, article, main, header, li, ul, ol, dl, dt, dd, table, tr, pre, blockquote, figure, h1, h2, h3, h4, h5, h6, br, hr'

/** The text of HTML of any size and depth: no links, no article, yet quick. */
export async function readOutline(html: string): Promise<Page> {
  let title = ''
  let titled = false
  const visible = new HTMLRewriter()
    .on('title', {
      element(element) {
        element.remove()
      },
      text({ text, lastInTextNode }) {
        if (titled) return
        title += text
        titled = lastInTextNode
      },
    })
    .on(NOT_FOR_READERS, {
      element(element) {
        element.remove()
      },
    })
    .on(BLOCKS, {
      element(element) {
        element.before('\n')
      },
    })
    .on('td, th', {
      element(element) {
        element.before(' ')
      },
    })
  const pieces: string[] = []
  const text = new HTMLRewriter().onDocument({
    text(piece) {
      pieces.push(piece.text)
    },
  })
  await text.transform(visible.transform(new Response(html))).text()
  // An ampersand and its name may be split between two pieces, so they are read as one.
  return { title: decodeHTML(title) || null, text: decodeHTML(pieces.join('')) }
}
