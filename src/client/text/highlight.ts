import type { HLJSApi, LanguageFn } from 'highlight.js'
import { sanitizedCode } from './sanitize.ts'

/** UTF-16 code units; colouring more than this in one go can be felt. */
const BLOCK_MAX = 20_000
/** … and this is enough for all the blocks of a message. */
const MESSAGE_MAX = 80_000
const CACHE_MAX = 200

const cache = new Map<string, string>()
let core: Promise<HLJSApi> | undefined

/**
 * Colours the code blocks below `element` whose language we know, one by one. Nothing moves: the text and its font stay
 * as they are. Languages are loaded when first met, and never guessed.
 */
export async function highlightWithin(element: Element, view: Window & typeof globalThis = window): Promise<void> {
  let budget = MESSAGE_MAX
  for (const code of element.querySelectorAll<HTMLElement>('code[data-language]:not([data-highlighted])')) {
    const text = code.textContent ?? ''
    budget -= text.length
    if (text.length > BLOCK_MAX || budget < 0) continue
    const html = await highlighted(text, code.dataset.language ?? '').catch(() => undefined)
    // The block may have grown or gone while its language was loading.
    if (html === undefined || !code.isConnected || code.textContent !== text) continue
    code.replaceChildren(sanitizedCode(html, view))
    code.dataset.highlighted = ''
  }
}

/** The code as escaped HTML in coloured spans; undefined where the language is not known. */
export async function highlighted(text: string, name: string): Promise<string | undefined> {
  const { languageNamed } = await import('./languages.ts')
  const language = languageNamed(name)
  if (!language) return
  const key = `${language.name}\n${text}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const hljs = await highlighterWith(language.name, language.load)
  const html = hljs.highlight(text, { language: language.name, ignoreIllegals: true }).value
  remember(key, html)
  return html
}

async function highlighterWith(name: string, load: () => Promise<{ default: LanguageFn }>): Promise<HLJSApi> {
  core ??= import('highlight.js/lib/core').then(module => module.default)
  const [hljs, language] = await Promise.all([core, load()])
  if (!hljs.getLanguage(name)) hljs.registerLanguage(name, language.default)
  return hljs
}

function remember(key: string, html: string) {
  const oldest = cache.keys().next()
  if (cache.size >= CACHE_MAX && !oldest.done) cache.delete(oldest.value)
  cache.set(key, html)
}
