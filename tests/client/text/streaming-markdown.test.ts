import { describe, expect, test } from 'bun:test'
import { renderMarkdown } from '../../../src/client/text/markdown.ts'
import { StreamingMarkdown } from '../../../src/client/text/streaming-markdown.ts'
import { openPage, ROOM } from './browser.ts'

const { view, document } = openPage()

const TEXTS = [
  'One paragraph.\n\nAnother, with **bold**, *italics*, ~~struck~~, `code` and [a link](https://a.test/x "t").',
  '# Title\nText right below\n## More\n\n---\n\nEnd',
  '- one\n- two\n  - deeper\n\n- loose now\n\nAfter the list\n\n1. a\n2. b\n\n   still b\n3. c',
  '- a\n\n2. other list\n\n2\n\n- [x] done\n- [ ] to do',
  'Look:\n\n```ts\nconst a = `x`\n\n// blank above\n```\n\nand\n~~~\nplain\n```\nnot closed\n~~~\nend',
  'Unclosed fence\n\n```python\nprint("hi")\n\nmore',
  '- item\n  ```js\n  let a\n\n  let b\n  ```\n- next',
  '> quote\n> more\nlazy\n\n> second\n\ntext',
  '| a | b |\n|---|--:|\n| 1 | **2** |\n| 3 |\n\nafter\n\ntext\n| not | table |\n\ntext\n| a | b |\n|---|---|\n| 1 | 2 |',
  'See [one][1] and [two].\n\nText\n\n[1]: https://a.test\n[two]: https://b.test "t"\n\n[two] again',
  '[early]: https://a.test\n\nuse [early]\n\nand [early] later',
  'hi @ada, ask @assistant: **@grace**?\n\n`@ada`',
  'Unbalanced **bold and *both\n\n~~~~ x\n\n__a_ `tick',
  'emoji 👩‍👩‍👧 and e\u0301 and 🇩🇪\n\nнovel ünïcode',
  '![x](https://a.test/a.png) ![y](/uploads/a.png)\n\n<b>html</b>\n\n&amp; &copy; \\* \\',
  'a\n  \n   b\n\n\n\n\tc\n\r\nd',
  '* * *\n\n- - -\n\n***bold italics***\n\n1) a\n2) b\n\n+ c',
  '2024\n\n2024. A year\n\n10. ten\n\n# ',
]

function streamed(text: string, sizes: (at: number) => number) {
  const root = document.createElement('div')
  const stream = new StreamingMarkdown(root, ROOM, { view })
  for (let at = 0; at < text.length; ) {
    at = Math.min(text.length, at + sizes(at))
    stream.update(text.slice(0, at))
  }
  return { root, stream }
}

describe.each(TEXTS)('%j', text => {
  test.each([1, 2, 3, 5, 7, 11, 40])('ends as if rendered at once, in steps of %d', size => {
    const { root, stream } = streamed(text, () => size)
    stream.finish(text)
    expect(root.innerHTML).toBe(renderMarkdown(text, ROOM, view))
  })

  test('ends as if rendered at once, cut anywhere', () => {
    for (let cut = 0; cut <= text.length; cut++) {
      const { root, stream } = streamed(text.slice(0, cut), () => cut)
      stream.finish(text)
      expect(root.innerHTML).toBe(renderMarkdown(text, ROOM, view))
    }
  })

  test('never touches a block again once it is settled', () => {
    const root = document.createElement('div')
    const settled = new Map<Element, string>()
    const stream = new StreamingMarkdown(root, ROOM, {
      view,
      settled: block => settled.set(block, block.outerHTML),
    })
    for (let at = 1; at <= text.length; at++) stream.update(text.slice(0, at))
    const atEnd = renderMarkdown(text, ROOM, view)
    for (const [block, html] of settled) {
      expect(block.parentNode).toBe(root)
      expect(block.outerHTML).toBe(html)
      // A definition that comes later may turn brackets of an earlier block into links.
      if (!/^\[[^\]]+\]: /m.test(text)) expect(atEnd).toContain(html)
    }
  })
})

test('random texts of random pieces end as if rendered at once', () => {
  const random = generator(7)
  const pieces = [
    ...[
      'a',
      'word ',
      '\n',
      '\n\n',
      '- ',
      '  - ',
      '1. ',
      '> ',
      '# ',
      '**',
      '*',
      '_',
      '`',
      '```',
      '```js\n',
      '~~',
      '|',
      '|-|',
    ],
    ...['[', '](', ')', '!', '@ada ', 'https://a.test ', '    ', '\t', '\\', '---', '&amp;', '<b>', '[x] ', '1', '.'],
  ]
  for (let round = 0; round < 400; round++) {
    const text = Array.from({ length: 30 }, () => pieces[random(pieces.length)]).join('')
    const { root, stream } = streamed(text, () => 1 + random(9))
    stream.finish(text)
    expect(root.innerHTML).toBe(renderMarkdown(text, ROOM, view))
  }
})

describe('half of', () => {
  const shown = (text: string) => {
    const root = document.createElement('div')
    new StreamingMarkdown(root, ROOM, { view }).update(text)
    root.querySelector('.caret')?.remove()
    return root.innerHTML.trim()
  }

  test.each([
    ['bold', 'so **very impor', '<p>so <strong>very impor</strong></p>'],
    ['a closing mark', 'so **very*', '<p>so <strong>very</strong></p>'],
    ['an opening mark', 'so **', '<p>so</p>'],
    ['italics in bold', '**a *b', '<p><strong>a <em>b</em></strong></p>'],
    ['bold around italics', '**a *b*', '<p><strong>a <em>b</em></strong></p>'],
    ['bold before a space', '**a ', '<p><strong>a</strong></p>'],
    ['code', 'run `npm te', '<p>run <code>npm te</code></p>'],
    ['code with stars', 'run `a ** b', '<p>run <code>a ** b</code></p>'],
    ['code in bold', '**run `npm te', '<p><strong>run <code>npm te</code></strong></p>'],
    ['a link text', 'see [the do', '<p>see the do</p>'],
    ['a link', 'see [the docs](https://exa', '<p>see the docs</p>'],
    ['an image', 'see ![cat](https://exa', '<p>see</p>'],
    ['a product', '2 * 3', '<p>2 * 3</p>'],
    ['a snake', 'a_b and snake_case_na', '<p>a_b and snake_case_na</p>'],
    ['a list marker', 'text\n\n-', '<p>text</p>'],
    ['a bold start', 'text\n\n**', '<p>text</p>'],
    ['a heading', '##', ''],
    ['a number', 'text\n\n1.', '<p>text</p>'],
    ['a task', '- a\n- [', '<ul>\n<li>a</li>\n<li></li>\n</ul>'],
    ['a fence', 'text\n\n```j', '<p>text</p>'],
    ['the head of a table', 'text\n\n| a | b', '<p>text</p>'],
  ])('%s is not shown raw', (_, text, html) => expect(shown(text)).toBe(html))

  test('the dashes of a table is a table already', () => {
    expect(shown('| a | b |\n|-')).toContain('<th>b</th>')
  })

  test('a fence is a code block, without the start of its closing line', () => {
    const root = document.createElement('div')
    const stream = new StreamingMarkdown(root, ROOM, { view })
    stream.update('```js\nlet a\n``')
    expect(root.querySelector('figure.code code')?.textContent).toBe('let a')
  })
})

describe('the caret', () => {
  const place = (text: string) => {
    const root = document.createElement('div')
    new StreamingMarkdown(root, ROOM, { view }).update(text)
    const carets = root.querySelectorAll('.caret')
    expect(carets).toHaveLength(1)
    expect(carets[0]?.getAttribute('aria-hidden')).toBe('true')
    return carets[0]?.parentElement?.localName
  }

  test('stands behind the last text', () => {
    expect(place('hello')).toBe('p')
    expect(place('- a\n- b')).toBe('li')
    expect(place('```js\nlet a')).toBe('code')
    expect(place('a `code`')).toBe('p')
    expect(place('| a | b |\n|---|---|\n| one')).toBe('td')
    expect(place('')).toBe('div')
  })

  test('goes when the text is complete', () => {
    const { root, stream } = streamed('hello', () => 2)
    stream.finish('hello')
    expect(root.querySelector('.caret')).toBeNull()
  })
})

test('a growing code block keeps its node and what the reader did to it', () => {
  const root = document.createElement('div')
  const stream = new StreamingMarkdown(root, ROOM, { view })
  stream.update('```js\nlet a')
  const block = root.querySelector('figure.code')
  block?.classList.add('wrapped')
  stream.update('```js\nlet a\nlet b')
  stream.finish('```js\nlet a\nlet b\n```')
  expect(root.querySelector('figure.code')).toBe(block)
  expect(block?.className).toBe('code wrapped')
  expect(block?.querySelector('code')?.textContent).toBe('let a\nlet b')
})

test('a text that does not go on from the one before replaces it', () => {
  const { root, stream } = streamed('One.\n\nTwo.\n\nThree', () => 4)
  stream.update('Other.\n\nText')
  stream.finish('Other.\n\nText')
  expect(root.innerHTML).toBe('<p>Other.</p>\n<p>Text</p>\n')
})

/** Numbers that look random and are the same each time. */
function generator(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}
