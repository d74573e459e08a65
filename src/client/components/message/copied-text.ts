const BLOCKS = /^(P|DIV|LI|PRE|H[1-6]|BLOCKQUOTE|UL|OL|TABLE|TR|FIGURE|HR)$/
/** Between these, too, what is blank only lays the markup out. */
const PARTS = /^(THEAD|TBODY|TD|TH)$/
/** What goes with a block of code, not into it. */
const ASIDE = '.code-bar'

/** What a rendered message says, without its markup: paragraphs apart, cells of a table by tabs. */
export function copiedText(rendered: ParentNode): string {
  return wordsOf(rendered)
    .replace(/[^\S\n\t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function wordsOf(node: ParentNode): string {
  let words = ''
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) words += asText(child)
    if (!(child instanceof Element) || child.matches(ASIDE)) continue
    if (child.tagName === 'BR') words += '\n'
    else if (child.tagName === 'PRE') words += `${child.textContent}\n\n`
    else words += wordsOf(child) + endOf(child)
  }
  return words
}

/** Between blocks the markup is spread over lines, which say nothing. */
function asText({ textContent, previousSibling, nextSibling }: ChildNode): string {
  const text = textContent ?? ''
  const isBlock = (node: Node | null) => BLOCKS.test(node?.nodeName ?? '') || PARTS.test(node?.nodeName ?? '')
  if (text.trim() === '' && (isBlock(previousSibling) || isBlock(nextSibling))) return ''
  return previousSibling?.nodeName === 'BR' ? text.replace(/^\n/, '') : text
}

function endOf({ tagName, nextElementSibling, parentElement }: Element): string {
  if (tagName === 'TD' || tagName === 'TH') return nextElementSibling ? '\t' : ''
  if (tagName === 'LI' || tagName === 'TR') return '\n'
  if (!BLOCKS.test(tagName)) return ''
  return parentElement?.tagName === 'LI' ? '\n' : '\n\n'
}
