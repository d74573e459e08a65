import type { MarkdownIt } from 'markdown-it'

const LANGUAGE = /^[\w+#.-]{1,30}/

/** A fenced block: its language, two buttons, and the code, plain until `highlightWithin` colours it. */
export function codeBlocks(md: MarkdownIt) {
  const { escapeHtml } = md.utils

  md.renderer.rules.fence = (tokens, index) => {
    const token = tokens[index]
    const language = LANGUAGE.exec(token?.info.trim() ?? '')?.[0].toLowerCase() ?? ''
    const code = escapeHtml(token?.content.replace(/\n$/, '') ?? '')
    const label = escapeHtml(language)
    return (
      `<figure class="code"><div class="code-bar"><span class="code-language">${label || 'text'}</span>` +
      '<button type="button" data-action="wrap" aria-pressed="false">Wrap</button>' +
      '<button type="button" data-action="copy">Copy</button></div>' +
      `<pre tabindex="0"><code${label && ` data-language="${label}"`}>${code}</code></pre></figure>\n`
    )
  }
}
