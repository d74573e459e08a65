import type { MarkdownIt, Token } from 'markdown-it'
import { isUpload, REL } from './links.ts'

/**
 * Our own uploads are shown. A picture from elsewhere would tell its host who reads here, so it is a link that says what
 * it shows and where that is.
 */
export function images(md: MarkdownIt) {
  const { escapeHtml } = md.utils

  md.renderer.rules.image = (tokens, index) => {
    const address = String(tokens[index]?.attrGet('src') ?? '')
    const description = escapeHtml(tokens[index]?.content ?? '')
    if (isUpload(address)) return `<img src="${escapeHtml(address)}" alt="${description}" loading="lazy">`
    if (!/^https?:/i.test(address)) return description
    const words = description ? `Picture “${description}”` : 'Picture'
    // No link stands within a link, and what leads to one address should not show another.
    if (isInLink(tokens, index)) return words
    const shown = escapeHtml(address)
    const link = `class="image-elsewhere" href="${shown}" target="_blank" rel="${REL}"`
    return `<a ${link}>${words} at <span>${shown}</span></a>`
  }
}

function isInLink(tokens: Token[], index: number): boolean {
  return tokens.slice(0, index).findLast(({ type }) => /^link_/.test(type))?.type === 'link_open'
}
