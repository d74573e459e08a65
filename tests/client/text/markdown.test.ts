import { describe, expect, test } from 'bun:test'
import { renderMarkdown } from '../../../src/client/text/markdown.ts'
import { plainText } from '../../../src/client/text/plain.ts'
import { openPage, ROOM } from './browser.ts'

const { view, document } = openPage()
const html = (content: string) => renderMarkdown(content, ROOM, view)
const page = (content: string) => {
  const element = document.createElement('div')
  element.innerHTML = html(content)
  return element
}

describe('a mention', () => {
  test('is a chip for the people of the room only', () => {
    expect(html('hi @grace and @nobody')).toContain('class="mention"')
    expect(page('hi @grace and @nobody').querySelectorAll('.mention')).toHaveLength(1)
    expect(page('@nobody').textContent?.trim()).toBe('@nobody')
  })

  test('tells agents and the reader apart', () => {
    expect(page('@assistant').querySelector('.mention')?.className).toBe('mention agent')
    expect(page('@Ada: hello').querySelector('.mention')?.className).toBe('mention me')
    expect(page('@Ada: hello').querySelector('.mention')?.textContent).toBe('@Ada')
  })

  test.each(['`@ada`', '```\n@ada\n```', 'x@ada', 'mail@ada.com', '/@ada', '@@ada', '@ada.smith', '@adam', 'é@ada'])(
    'is not made of %j',
    content => expect(page(content).querySelector('.mention')).toBeNull(),
  )

  test('stands in bold text, lists and tables too', () => {
    expect(page('**@ada**\n\n- @ada\n\n|a|\n|-|\n|@ada|').querySelectorAll('.mention.me')).toHaveLength(3)
  })
})

describe('a link', () => {
  test('opens elsewhere and tells nothing', () => {
    const link = page('see https://example.org/a?b=1&c=2').querySelector('a')
    expect(link?.getAttribute('href')).toBe('https://example.org/a?b=1&c=2')
    expect(link?.getAttribute('target')).toBe('_blank')
    expect(link?.getAttribute('rel')).toBe('noopener noreferrer nofollow')
  })

  test.each(['README.md', 'deploy.sh', 'main.rs', 'node.js', '1.2.3'])('is not made of %s', name =>
    expect(page(name).querySelector('a')).toBeNull(),
  )

  test('is made of a bare domain', () => expect(page('example.org').querySelector('a')).not.toBeNull())
})

describe('an image', () => {
  const CAT = 'https://pics.test/cat.png?who=ada&size=2'

  test.each([
    [`![a cat](${CAT})`, `Picture “a cat” at ${CAT}`],
    [`![](${CAT})`, `Picture at ${CAT}`],
    [`![a "<b>cat</b>"][1]\n\n[1]: ${CAT}`, `Picture “a "<b>cat</b>"” at ${CAT}`],
  ])('from elsewhere is a link that shows its whole address: %s', (content, words) => {
    const body = page(content)
    const link = body.querySelector('a')
    expect(body.textContent?.trim()).toBe(words)
    expect(link?.textContent).toBe(words)
    expect(link?.getAttribute('href')).toBe(CAT)
    expect(link?.getAttribute('target')).toBe('_blank')
    expect(link?.getAttribute('rel')).toBe('noopener noreferrer nofollow')
    expect(body.querySelector('img, button, b')).toBeNull()
  })

  test('from elsewhere within a link is told in its words, which lead where the link does', () => {
    const body = page(`[see ![a cat](${CAT}) there](https://cats.test/) ![a cat](${CAT})`)
    const links = [...body.querySelectorAll('a')].map(link => [link.getAttribute('href'), link.textContent])
    expect(links).toEqual([
      ['https://cats.test/', 'see Picture “a cat” there'],
      [CAT, `Picture “a cat” at ${CAT}`],
    ])
  })

  test.each([
    '![x](//pics.test/a.png)',
    '![x](/api/logout)',
    '![x](/uploads/../api/logout)',
    '![x](/uploads//pics.test/a.png)',
    '![x](data:image/png;base64,AAAA)',
    '![x](http:\\\\pics.test/a.png)',
    '[![x](https://pics.test/a.png)](https://pics.test)',
    '![x][1]\n\n[1]: https://pics.test/a.png',
    '<img src="https://pics.test/a.png">',
  ])('never loads by itself: %s', content => expect(page(content).querySelector('img')).toBeNull())

  test('of our own is shown when it comes into view', () => {
    const image = page('![a cat](/uploads/0199-ab.webp)').querySelector('img')
    expect(image?.getAttribute('src')).toBe('/uploads/0199-ab.webp')
    expect(image?.getAttribute('loading')).toBe('lazy')
    expect(image?.getAttribute('alt')).toBe('a cat')
  })
})

describe('blocks', () => {
  test('code has a bar with its language and two buttons', () => {
    const code = page('```TS title="x"\nconst a = 1 < 2\n```').querySelector('.code')
    expect(code?.querySelector('.code-language')?.textContent).toBe('ts')
    expect([...(code?.querySelectorAll('button') ?? [])].map(button => button.textContent)).toEqual(['Wrap', 'Copy'])
    expect(code?.querySelector('code')?.textContent).toBe('const a = 1 < 2')
    expect(code?.querySelector('code')?.getAttribute('data-language')).toBe('ts')
  })

  test('tables scroll inside themselves and align without style', () => {
    const table = page('|a|b|\n|:-|-:|\n|1|2|').querySelector('.table-scroll > table')
    expect(table?.querySelectorAll('td')[1]?.className).toBe('align-right')
    expect(table?.querySelector('[style]')).toBeNull()
  })

  test('tasks are boxes that only show', () => {
    const body = page('- [x] done\n- [ ] to do\n- [y] neither')
    expect(body.querySelectorAll('li.task')).toHaveLength(2)
    expect(body.querySelectorAll('.task-box.done')).toHaveLength(1)
    expect(body.querySelector('input')).toBeNull()
  })

  test('headings go below those of the page', () => {
    expect(page('# a\n\n###### b').innerHTML).toBe('<h3>a</h3>\n<h6>b</h6>\n')
  })

  test('lines break where they were broken, and struck text is struck', () => {
    expect(page('a\nb ~~c~~').innerHTML).toBe('<p>a<br>\nb <s>c</s></p>\n')
  })
})

describe('hostile sizes', () => {
  test.each([
    ['quotes', '>'.repeat(16_000)],
    ['lists', Array.from({ length: 400 }, (_, depth) => `${'  '.repeat(depth)}- x`).join('\n')],
    ['brackets', '['.repeat(16_000)],
    ['stars', '*a **b '.repeat(2_000)],
    ['ticks', Array.from({ length: 170 }, (_, length) => `${'`'.repeat(length)} a`).join('')],
    ['a table', `|${'a|'.repeat(100)}\n|${'-|'.repeat(100)}\n${'|x\n'.repeat(5_000)}`],
    ['pictures', '![](http://a.test)'.repeat(3_600)],
    ['a long text', 'word **bold** '.repeat(20_000)],
  ])('of %s are rendered, not chewed on for ever', (_, content) => {
    expect(html(content)).not.toBe('')
  })
})

test('a preview is one line without marks', () => {
  expect(plainText('# Hi\n\n**bold** [link](https://a.test) @ada\n\n```js\nlet a\n```')).toBe('Hi bold link @ada let a')
  expect(plainText('x'.repeat(300), 10)).toBe('xxxxxxxxx…')
})
