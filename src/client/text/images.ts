import type { MarkdownIt } from 'markdown-it'
import { isUpload } from './links.ts'

/** Our own uploads are shown; a picture from elsewhere would tell its host who reads here, so it waits for a click. */
export function images(md: MarkdownIt) {
  const { escapeHtml } = md.utils

  md.renderer.rules.image = (tokens, index) => {
    const address = String(tokens[index]?.attrGet('src') ?? '')
    const description = escapeHtml(tokens[index]?.content ?? '')
    if (isUpload(address)) return `<img src="${escapeHtml(address)}" alt="${description}" loading="lazy">`
    if (!/^https?:/i.test(address)) return description
    const shown = escapeHtml(address)
    return (
      `<button type="button" class="image-elsewhere" data-action="load-image" data-src="${shown}"` +
      ` data-alt="${description}">Load image from ${shown}</button>`
    )
  }
}
