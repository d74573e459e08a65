import { describe, expect, test } from 'bun:test'
import { renderMarkdown, renderMarkdownNodes } from '../../../src/client/text/markdown.ts'
import { markdownToHtml } from '../../../src/client/text/markdown-html.ts'
import { sanitizedHtml } from '../../../src/client/text/sanitize.ts'
import { StreamingMarkdown } from '../../../src/client/text/streaming-markdown.ts'
import { openPage, ROOM } from './browser.ts'

const { view, document } = openPage()

const TAGS =
  'a blockquote br button code del div em figure h3 h4 h5 h6 hr img li ol p pre s span strong table tbody td th thead tr ul'
const ATTRIBUTES =
  'alt aria-label aria-pressed class data-action data-language href loading rel role src start tabindex target title type'
const ALLOWED_TAGS = new Set(TAGS.split(' '))
const ALLOWED_ATTRIBUTES = new Set(ATTRIBUTES.split(' '))
const ADDRESS = /^(?:https?:\/\/|mailto:|\/uploads\/)/i

const CORPUS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<form action=javascript:alert(1)><input type=submit></form>',
  '<style>*{background:url(https://evil.test)}</style>',
  '<a href="javascript:alert(1)">x</a>',
  '<details open ontoggle=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](&#x6A&#x61vascript&colon;alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](<javascript:alert(1)>)',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](blob:https://a.test/1)',
  '[x](file:///etc/passwd)',
  '[x]: javascript:alert(1)\n\n[x]',
  '<javascript:alert(1)>',
  '<https://a.test/" onmouseover="alert(1)>',
  '[x](https://a.test/"onmouseover="alert(1))',
  '[x](https://a.test "t" onclick=alert(1))',
  "[x](https://a.test '\"><script>alert(1)</script>')",
  '![x](javascript:alert(1))',
  '![x](data:image/svg+xml,<svg onload=alert(1)>)',
  '![x" onerror="alert(1)](https://a.test/x.png)',
  '![x](https://a.test/x.png"onerror="alert(1))',
  '![x" onerror="alert(1)](/uploads/a.png)',
  '![x](/uploads/a.png"onerror=alert(1))',
  '![<script>alert(1)</script>](https://a.test/"><script>alert(1)</script>)',
  '[![x](javascript:alert(1))](javascript:alert(2))',
  '[![x](https://a.test/x.png"onmouseover="alert(1))](https://b.test)',
  '![](https://a.test/<script>alert(1)</script>)',
  '![<https://a.test> \u202e](https://evil.test/x.png)',
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  '```js" onmouseover="alert(1)\ncode\n```',
  '~~~<script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n~~~',
  '```constructor\nx\n```',
  '```__proto__\nx\n```',
  '`<img src=x onerror=alert(1)>`',
  '| <img src=x onerror=alert(1)> |\n|-|\n| <script>alert(1)</script> |',
  '- [x] <img src=x onerror=alert(1)>',
  '# <svg onload=alert(1)>',
  '> <iframe src=javascript:alert(1)>',
  'hello @grace',
  '@grace<script>alert(1)</script>',
  '**@grace** [@grace](javascript:alert(1))',
  'https://a.test/<script>alert(1)</script>',
  'https://a.test/"onmouseover=alert(1)//',
  'javascript:alert(1)',
  '\u202e<script>alert(1)</script>',
  '＜script＞alert(1)＜/script＞',
  '<scr\u0000ipt>alert(1)</scr\u0000ipt>',
  '<button data-action="copy" data-src="javascript:alert(1)">x</button>',
  '<div id="app" name="cookie">clobber</div>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;img src=x onerror=alert(1)&#62;',
]

/** What our own rules wrote, read with a parser that knows nothing of the sanitiser. */
function tagsIn(html: string) {
  return [...html.matchAll(/<(\/?)([a-z][^\s>/]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)].map(([, , name, attributes]) => ({
    name: (name ?? '').toLowerCase(),
    attributes: [...(attributes ?? '').matchAll(/([^\s=/]+)(?:="([^"]*)")?/g)].map(([, key, value]) => ({
      key: key ?? '',
      value: value ?? '',
    })),
  }))
}

function expectHarmless(tags: ReturnType<typeof tagsIn>) {
  for (const { name, attributes } of tags) {
    expect(ALLOWED_TAGS).toContain(name)
    for (const { key, value } of attributes) {
      expect(ALLOWED_ATTRIBUTES).toContain(key)
      if (key === 'href' || key === 'src') expect(value).toMatch(ADDRESS)
    }
  }
}

function tagsOf(root: Element | DocumentFragment) {
  return [...root.querySelectorAll('*')].map(element => ({
    name: element.localName,
    attributes: [...element.attributes].map(({ name, value }) => ({ key: name, value })),
  }))
}

describe.each(CORPUS)('%j', content => {
  test('is harmless before it is sanitised', () => {
    const html = markdownToHtml(content, ROOM)
    expectHarmless(tagsIn(html))
    expect(html.replace(/<\/?[a-z][^<>]*>/gi, '')).not.toMatch(/<[a-z!/]/i)
  })

  test('is harmless on the page', () => {
    expectHarmless(tagsOf(renderMarkdownNodes(content, ROOM, view)))
    expect(renderMarkdown(content, ROOM, view)).not.toMatch(/<script|<iframe|<svg|<form|<style/i)
  })

  test('is harmless at every moment while it is written', () => {
    const root = document.createElement('div')
    const stream = new StreamingMarkdown(root, ROOM, { view })
    for (let length = 1; length <= content.length; length++) {
      stream.update(content.slice(0, length))
      root.querySelector('.caret')?.remove()
      expectHarmless(tagsOf(root))
    }
  })
})

test('the sanitiser does not rely on our rules', () => {
  const dirty = '<form><input></form><style>*{}</style><iframe></iframe><p style="x" onclick="y" id="z" name="n">a</p>'
  expect(sanitizedHtml(dirty, view)).toBe('<p>a</p>')
  expect(sanitizedHtml('<a href="javascript:alert(1)">a</a><a href="ftp://x">b</a>', view)).toBe('<a>a</a><a>b</a>')
})
