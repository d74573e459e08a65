import type { MarkdownIt, Token } from 'markdown-it'

const ALIGNMENT = /^text-align:(left|center|right)$/

/** A table scrolls inside itself, and aligns by class, since the content policy forbids `style`. */
export function tables(md: MarkdownIt) {
  md.core.ruler.push('tables', state => {
    for (const token of state.tokens) if (token.type === 'th_open' || token.type === 'td_open') alignByClass(token)
  })
  md.renderer.rules.table_open = () =>
    '<div class="table-scroll" role="region" aria-label="Table" tabindex="0"><table>\n'
  md.renderer.rules.table_close = () => '</table></div>\n'
}

function alignByClass(cell: Token) {
  const alignment = ALIGNMENT.exec(String(cell.attrGet('style') ?? ''))?.[1]
  cell.attrs = alignment ? [['class', `align-${alignment}`]] : null
}
