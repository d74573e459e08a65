import TurndownService from 'turndown'

/** HTML elements as Markdown. Pictures become links: nothing of a page is shown to anyone by being read. */
export function markdownOf(node: Node): string {
  const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' })
  service.remove(['script', 'style', 'noscript', 'template', 'title'] as (keyof HTMLElementTagNameMap)[])
  service.addRule('picture', { filter: 'img', replacement: (_, image) => picture(image) })
  service.addRule('code block', { filter: 'pre', replacement: (_, block) => codeBlock(block) })
  service.addRule('link', { filter: 'a', replacement: (content, link) => linkTo(attribute(link, 'href'), content) })
  service.addRule('cell', {
    filter: ['td', 'th'],
    replacement: content => ` ${content.trim().replace(/\s*\n\s*/g, ' ')} |`,
  })
  service.addRule('row', { filter: 'tr', replacement: (content, row) => tableRow(content, row) })
  service.addRule('table', { filter: 'table', replacement: content => `\n\n${content.trim()}\n\n` })
  service.addRule('part of a table', { filter: ['thead', 'tbody', 'tfoot'], replacement: content => content })
  return service.turndown(node as HTMLElement)
}

type Replaced = Parameters<TurndownService.ReplacementFunction>[1]

function picture(image: Replaced): string {
  const alt = attribute(image, 'alt').replace(/\s+/g, ' ').trim()
  const source = attribute(image, 'src')
  if (source === '' || image.parentNode?.nodeName === 'A') return alt
  return linkTo(source, alt.replace(/[[\]]/g, '') || 'image')
}

function linkTo(address: string, text: string): string {
  if (address === '' || text.trim() === '') return text
  return `[${text.trim()}](${address.replace(/\(/g, '%28').replace(/\)/g, '%29')})`
}

function codeBlock(block: Replaced): string {
  const code = (block.textContent ?? '').replace(/^\n+|\s+$/g, '')
  if (code === '') return ''
  // A fence is longer than any run of backticks within it.
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `\n\n${fence}${attribute(block, 'data-language')}\n${code}\n${fence}\n\n`
}

function tableRow(content: string, row: Replaced): string {
  if (content.trim() === '') return ''
  const cells =
    row.childNodes.length === 0 ? 0 : [...row.childNodes].filter(({ nodeName }) => /^T[DH]$/.test(nodeName)).length
  const head = isFirstRow(row) && cells > 1 ? `\n|${' --- |'.repeat(cells)}` : ''
  return `\n|${content.trimEnd()}${head}`
}

function isFirstRow(row: Replaced): boolean {
  let table: Node | null = row.parentNode
  while (table && table.nodeName !== 'TABLE') table = table.parentNode
  const first = table && 'querySelector' in table ? (table as Element).querySelector('tr') : null
  return first === row
}

function attribute(node: Replaced, name: string): string {
  return 'getAttribute' in node ? (node.getAttribute(name) ?? '') : ''
}
