import { Readability } from '@mozilla/readability'
import { parseDocument } from './document.ts'
import { markdownOf } from './markdown.ts'
import type { Page } from './page.ts'

/** Characters that an article has; less of it and more around it is a list, a front page or a form. */
const ARTICLE_MIN = 400
const DEPTH_MAX = 300
const NOT_FOR_READERS =
  'script,style,noscript,template,svg,canvas,iframe,object,embed,button,select,textarea,dialog,[hidden],[aria-hidden="true"],[style*="display:none"],[style*="display: none"]'

/** The article of a page as Markdown; the whole page where there is no such thing as an article. */
export function readArticle(html: string, url: string): Page {
  const document = prepared(html, url)
  const wholeLength = textLength(document.body)
  const reader = new Readability<Node>(document, { serializer: node => node })
  const article = isDeep(document) ? null : reader.parse()
  const title = article?.title || document.querySelector('title')?.textContent || null
  if (article?.content && isMostOf(article.textContent?.trim().length ?? 0, wholeLength))
    return { title, text: markdownOf(article.content) }
  // Looking for the article took the page apart.
  const whole = prepared(html, url)
  for (const node of whole.querySelectorAll(NOT_FOR_READERS)) node.remove()
  return { title, text: markdownOf(whole.body) }
}

const isMostOf = (article: number, whole: number) => article >= ARTICLE_MIN || article * 2 >= whole

function textLength(body: Element | null): number {
  return (body?.textContent ?? '').replace(/\s+/g, ' ').length
}

/** Looking for the article takes the cube of how deep the elements lie: 3 s at a thousand. */
function isDeep(document: Document): boolean {
  let depth = 0
  let level: Element[] = [document.documentElement]
  while (level.length > 0 && depth <= DEPTH_MAX) {
    depth += 1
    level = level.flatMap(element => [...element.children])
  }
  return depth > DEPTH_MAX
}

function prepared(html: string, url: string): Document {
  const document = parseDocument(html)
  resolveLinks(document, baseOf(document, url))
  for (const block of document.querySelectorAll('pre')) keepLanguage(block)
  return document
}

function baseOf(document: Document, url: string): string {
  return URL.parse(document.querySelector('base[href]')?.getAttribute('href') ?? '', url)?.href ?? url
}

/** Links as they could be opened from anywhere; what is no web address or leads within the page is text only. */
function resolveLinks(document: Document, base: string) {
  for (const link of document.querySelectorAll('a[href]')) resolveIn(link, 'href', base)
  for (const image of document.querySelectorAll('img[src]')) resolveIn(image, 'src', base)
}

function resolveIn(element: Element, attribute: string, base: string) {
  const written = element.getAttribute(attribute) ?? ''
  const url = written.startsWith('#') ? null : URL.parse(written, base)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') element.setAttribute(attribute, url.href)
  else element.removeAttribute(attribute)
}

/** Readability drops classes, in which alone the language of a code block is written. */
function keepLanguage(block: Element) {
  const classes = [block, block.querySelector('code'), block.parentElement].map(one => one?.getAttribute('class') ?? '')
  const [, language] = classes.join(' ').match(/(?:^|\s)(?:language|lang|highlight-source|brush:)-?\s*([\w+#-]+)/) ?? []
  if (language) block.setAttribute('data-language', language)
}
