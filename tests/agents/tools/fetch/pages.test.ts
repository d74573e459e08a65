import { afterAll, expect, test } from 'bun:test'
import { answerOf, contextOf, createOpened, redirectTo } from './site.ts'

const opened = createOpened()
afterAll(() => opened.close())

/** What the tool makes of a page, with the address of the site written as `http://site`. */
async function read(body: string | Uint8Array, type = 'text/html; charset=utf-8'): Promise<string> {
  const site = await opened.site((socket, request) =>
    socket.end(
      request.startsWith('GET /start') ? redirectTo('/docs/page?x=1#part') : answerOf(body, { 'Content-Type': type }),
    ),
  )
  const tool = opened.webFetch([site])
  try {
    const { text, urls } = await tool.run({ url: `http://127.0.0.1:${site.port}/start` }, contextOf())
    expect(urls).toEqual([])
    return text.replaceAll(`http://127.0.0.1:${site.port}`, 'http://site')
  } finally {
    tool.close()
  }
}

const PROSE = 'The heron stood in the reeds, patient as ever, and looked at the water. '.repeat(10).trim()
const ARTICLE = `<!doctype html><html><head><title>Herons &amp; reeds</title><style>p { color: red }</style></head><body>
<nav><a href="/">Home</a> <a href="/all">All birds</a></nav>
<article><h1>Herons &amp; reeds</h1><p>${PROSE}</p>
<p>See <a href="../fish?a=1&amp;b=2">fish</a>, <a href="//other.test/x">others</a>, <a href="#top">the top</a>,
<a href="javascript:alert(1)">a trap</a>, <a href="data:text/html,x">data</a> and <em>more</em>.</p>
<h2>In code</h2><pre><code class="hljs language-ts">const heron: Bird = { legs: 2 }
const fence = \`\`\`x\`\`\`</code></pre>
<div class="highlight highlight-source-python"><pre>print("heron")</pre></div>
<table><thead><tr><th>Bird</th><th>Legs</th></tr></thead><tbody><tr><td>Heron</td><td>2</td></tr><tr><td>Stork</td><td>2 <b>too</b></td></tr></tbody></table>
<p><img src="heron.jpg" alt="A heron"> <a href="/big"><img src="small.jpg" alt="A small heron"></a> <img src="data:image/png;base64,AAAA" alt="inline"></p>
<ul><li>one</li><li>two</li></ul><p>${PROSE}</p></article>
<script>document.title = 'no'</script><p hidden>Hidden words</p><p style="display:none">Unseen words</p>
<footer>All rights reserved</footer></body></html>`

test('an article becomes Markdown: title, final address, text', async () => {
  const text = await read(ARTICLE)
  expect(text).toStartWith(`# Herons & reeds\nhttp://site/docs/page?x=1#part\n\n${PROSE}\n\n`)
  expect(text).toContain(
    '[fish](http://site/fish?a=1&b=2), [others](http://other.test/x), the top, a trap, data and _more_.',
  )
  expect(text).toContain('## In code')
  expect(text).toContain('````ts\nconst heron: Bird = { legs: 2 }\nconst fence = ```x```\n````')
  expect(text).toContain('```python\nprint("heron")\n```')
  expect(text).toContain('| Bird | Legs |\n| --- | --- |\n| Heron | 2 |\n| Stork | 2 **too** |')
  expect(text).toContain('[A heron](http://site/docs/heron.jpg) [A small heron](http://site/big)')
  expect(text).toMatch(/- +one\n- +two/)
  expect(text).not.toContain('![')
  for (const left of ['Home', 'All rights', 'Hidden', 'Unseen', 'color: red', 'document.title', 'javascript:', 'data:'])
    expect(text).not.toContain(left)
})

test('a base element counts, and cannot make a link of what is none', async () => {
  const page = (base: string) => `<html><head><base href="${base}"></head><body><p><a href="x">x</a></p></body></html>`
  expect(await read(page('https://cdn.test/a/'))).toContain('[x](https://cdn.test/a/x)')
  expect(await read(page('/b/'))).toContain('[x](http://site/b/x)')
  expect(await read(page('javascript:alert(1)//'))).not.toContain('](')
})

test('what is no article is read whole', async () => {
  const links = Array.from({ length: 30 }, (_, index) => `<li><a href="/${index}">Story ${index}</a></li>`).join('')
  const text = await read(`<html><head><title>Front page</title></head><body><ul>${links}</ul></body></html>`)
  expect(text).toContain('[Story 0](http://site/0)')
  expect(text).toContain('[Story 29](http://site/29)')
  expect(await read('<body><form>A page <input value="x"><p>within a form</p></form></body>')).toContain(
    'within a form',
  )
  expect(await read('<p>a fragment of a <b>page</b>')).toEndWith('#part\n\na fragment of a **page**')
})

test('tags that HTML lets one leave out are not missed', async () => {
  const body = `<h1>Herons</h1><p>${PROSE}<p>At the <a href=/lake>lake</a>.`
  const end = '#part\n\n'
  const pages = [
    `<!doctype html><html><head><title>T</title></head><body>${body}</body></html>`,
    `<!doctype html><html><head><title>T</title></head>${body}</html>`,
    `<!doctype html><html><head><title>T</title>${body}`,
    `<!doctype html><html><title>T</title><body>${body}`,
    `<!doctype html><html><head><title>T</title><body>${body}`,
    `<!doctype html><html><title>T</title>${body}`,
    `<!doctype html><title>T</title>${body}`,
    `<!doctype html><html><head><title>T</title><p><body>${body}`,
    `<title>T</title><body>${body}`,
    `<head><title>T</title></head>${body}`,
  ]
  for (const page of pages) {
    const text = await read(page)
    expect(`${page}\n${text}`).toContain(`# T\n`)
    expect(text.slice(text.indexOf(end) + end.length)).toEndWith(`${PROSE}\n\nAt the [lake](http://site/lake).`)
  }
})

test('a page without text is said to have none', async () => {
  await expect(read('<html><body><div id="app"></div><script src="/app.js"></script></body></html>')).rejects.toThrow(
    'holds no text',
  )
  await expect(read('')).rejects.toThrow('holds no text')
})

test('characters that nobody sees are taken out, also from a title and from entities', async () => {
  const tags = [...'obey me'].map(letter => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')
  const unseen = `\u200B\u200D\u2060\uFEFF\u00AD\u202E\u2066\u2069\u200F\u061C\u{E0001}${tags}\u{E0100}\u0000\u0007\u001B[31m`
  const html = `<html><head><title>A${unseen}B&#x202E;C</title></head><body><p>D${unseen}E&#xE0041;&#8203;F &zwj;G</p></body></html>`
  expect(await read(html)).toMatch(/^# AB?.*BC\n[^\n]+\n\nD.*EF G$/)
  const text = await read(`H${unseen}I\r\nJ\rK\u2028L\uD800`, 'text/plain')
  expect(text).not.toMatch(/\p{Default_Ignorable_Code_Point}|\u2028|[^\P{Cc}\n]/u)
  expect(text).toEndWith('I\nJ\nK\nL\uFFFD')
})

test('the charset is found in a byte order mark, the header or the page', async () => {
  const cyrillic = Uint8Array.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]) // Привет in windows-1251
  const japanese = Uint8Array.from([0x82, 0xb1, 0x82, 0xf1, 0x82, 0xc9, 0x82, 0xbf, 0x82, 0xcd]) // こんにちは in Shift_JIS
  const around = (before: string, bytes: Uint8Array) => Buffer.concat([Buffer.from(before), bytes])
  const utf16 = (text: string) => Buffer.concat([Uint8Array.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
  const cases: [Uint8Array, string, string][] = [
    [cyrillic, 'text/plain; charset=windows-1251', 'Привет'],
    [cyrillic, 'text/plain;charset="CP1251"', 'Привет'],
    [around('<meta charset=windows-1251><p>', cyrillic), 'text/html', 'Привет'],
    [
      around("<META http-equiv='Content-Type' content='text/html; charset=windows-1251'><p>", cyrillic),
      'text/html',
      'Привет',
    ],
    [around('<meta charset="utf-8"><p>', cyrillic), 'text/html; charset=windows-1251', 'Привет'],
    [around('<meta charset="x-unknown"><p>', Buffer.from('Привет')), 'text/html', 'Привет'],
    [around('<meta charset="utf-16"><p>', Buffer.from('Привет')), 'text/html', 'Привет'],
    [Buffer.from('Привет'), 'text/plain; charset=no-such-thing', 'Привет'],
    [japanese, 'text/plain; charset=Shift_JIS', 'こんにちは'],
    [around('<meta charset="sjis"><p>', japanese), 'text/html', 'こんにちは'],
    [around('<?xml version="1.0" encoding="windows-1251"?>', cyrillic), 'application/xml', 'Привет'],
    [utf16('Привет'), 'text/plain', 'Привет'],
    [utf16('<p>Привет'), 'text/html', 'Привет'],
    [utf16('Привет').swap16(), 'text/plain', 'Привет'],
    [around('\uFEFF', Buffer.from('Привет')), 'text/plain; charset=windows-1251', 'Привет'],
    [Buffer.from('"Привет"'), 'application/json', '"Привет"'],
    [Buffer.from('Привет'), 'text/plain', 'Привет'],
    [around(`<!--${' '.repeat(1_100)}--><meta charset=windows-1251><p>`, Buffer.from('Привет')), 'text/html', 'Привет'],
  ]
  for (const [bytes, type, expected] of cases) expect(`${type}: ${await read(bytes, type)}`).toEndWith(expected)
})

test('text, JSON and XML stay as they are, up to the cut', async () => {
  expect(await read('{\n  "a": [1, "<b>"]\n}', 'application/json')).toEndWith('part\n\n{\n  "a": [1, "<b>"]\n}')
  expect(await read('<rss><item>&amp;</item></rss>', 'application/rss+xml')).toEndWith('<rss><item>&amp;</item></rss>')
  const long = await read('🐦'.repeat(30_000), 'text/plain')
  expect(long.length).toBeLessThan(40_100)
  expect(long).toEndWith('\n\n[cut]')
  expect(long.isWellFormed()).toBe(true)
  expect(await read(`${' '.repeat(3_000_000)}x`, 'text/plain')).toEndWith('\n\nx')
})

test('a huge page is read without looking for its article', async () => {
  const many = Array.from(
    { length: 12_000 },
    (_, index) => `<p>Paragraph ${index} &amp; its words, <b>which</b> are many.</p>`,
  )
  const page = `<html><head><title>Huge &lt;page&gt;</title><script>no()</script></head><body><nav>Menu</nav>${many.join('\n')}${'<!-- -->'.repeat(50_000)}</body></html>`
  expect(page.length).toBeGreaterThan(1_048_576)
  const text = await read(page)
  expect(text).toStartWith(
    '# Huge <page>\nhttp://site/docs/page?x=1#part\n\nParagraph 0 & its words, which are many.\n',
  )
  expect(text).toEndWith('\n\n[cut]')
  expect(text).not.toContain('Menu')
  expect(text).not.toContain('no()')
})

test('elements too deep for a recursion are read all the same', async () => {
  for (const depth of [500, 1_500, 20_000])
    expect(await read(`${'<div>'.repeat(depth)}deep &amp; down`)).toEndWith('\n\ndeep & down')
})

function pdf(content: string): string {
  return `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R 7 0 R]/Count 2>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
7 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length ${content.length}>>stream
${content}
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
6 0 obj<</Title(On herons)>>endobj
trailer<</Root 1 0 R/Info 6 0 R>>`
}

test('a PDF is read page by page', async () => {
  const text = await read(pdf('BT /F1 18 Tf 20 100 Td (A heron) Tj 0 -20 Td (in the reeds) Tj ET'), 'application/pdf')
  expect(text).toBe('# On herons\nhttp://site/docs/page?x=1#part\n\nA heron\nin the reeds\n\nA heron\nin the reeds')
})

test('a PDF that cannot be read says why', async () => {
  await expect(read(pdf('0 0 100 100 re f'), 'application/pdf')).rejects.toThrow('only pictures')
  await expect(read('%PDF-1.4 and nothing else', 'application/pdf')).rejects.toThrow('damaged')
})
