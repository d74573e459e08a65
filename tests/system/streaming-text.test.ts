import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import type { StreamingMarkdown } from '../../src/client/text/streaming-markdown.ts'
import { launchBrowser } from '../support/visitor.ts'

setDefaultTimeout(60_000)
const from = (path: string) => fileURLToPath(new URL(`../../src/client/${path}`, import.meta.url))

let browser: Browser
let page: Page

beforeAll(async () => {
  browser = await launchBrowser()
  page = await browser.newPage({ viewport: { width: 760, height: 900 } })
  await page.setContent('<!doctype html><html data-theme="dark"><body><div class="prose"></div></body></html>')
  for (const name of ['tokens', 'base', 'prose']) await page.addStyleTag({ path: from(`styles/${name}.css`) })
  const built = await Bun.build({ entrypoints: [from('text/streaming-markdown.ts')], target: 'browser' })
  const code = await built.outputs[0]?.text()
  await page.addScriptTag({ type: 'module', content: `${code}\nwindow.StreamingMarkdown = StreamingMarkdown` })
})
afterAll(() => browser.close())

type Changes = { replaced: string[]; moved: string[]; shrunk: number }

/** What changed above the last block while the text came in pieces, and by how much the whole ever got lower. */
function changesOf(text: string, size: number): Promise<Changes> {
  return page.evaluate(
    ([text, size]) => {
      const { StreamingMarkdown: Stream } = window as unknown as { StreamingMarkdown: typeof StreamingMarkdown }
      const root = document.querySelector('.prose') as HTMLElement
      const stream = new Stream(root, { people: [] })
      const changes: Changes = { replaced: [], moved: [], shrunk: 0 }
      let before: { node: Element; top: number; bottom: number }[] = []
      let height = 0
      const compare = (at: number) => {
        const now = [...root.children].map(node => {
          const { top, bottom } = node.getBoundingClientRect()
          return { node, top, bottom }
        })
        for (const [index, was] of before.slice(0, -1).entries()) {
          const is = now[index]
          if (is?.node !== was.node) changes.replaced.push(text.slice(0, at).slice(-40))
          else if (Math.abs(is.top - was.top) > 0.5 || Math.abs(is.bottom - was.bottom) > 0.5)
            changes.moved.push(text.slice(0, at).slice(-40))
        }
        const bottom = root.getBoundingClientRect().height
        changes.shrunk = Math.max(changes.shrunk, height - bottom)
        height = bottom
        before = now
      }
      for (let at = 0; at < text.length; ) {
        at = Math.min(text.length, at + size)
        stream.update(text.slice(0, at))
        compare(at)
      }
      stream.finish(text)
      compare(text.length)
      return changes
    },
    [text, size] as const,
  )
}

const ANSWER = `# How to do it

There are **two ways**, \`one\` and ~~none~~ *another*, see [the manual](https://example.org/a_(b)) or https://example.org.

\`\`\`ts
export function greet(name: string) {
  return \`Hello, \${name}\`
}

// and once more
greet('world')
\`\`\`

| name | what it does | how much |
|:-----|--------------|---------:|
| one  | a **lot** | 1 |
| two  | \`less\` | 20 |

1. First
   - within
   - and [again](https://example.org "title")

2. Second

   \`\`\`sh
   echo within a list
   \`\`\`
3. Third

> Somebody said
> *this*

- [x] done
- [ ] to do

Text right before a list
- one
- two

Text right before a table
| a | b |
|---|---|
| 1 | 2 |

---

The end.`

describe('a text that grows', () => {
  test.each([1, 3, 4, 17])(
    '%d characters at a time leaves everything above its last block where and what it was',
    async size => {
      const { replaced, moved, shrunk } = await changesOf(ANSWER, size)
      expect({ replaced, moved }).toEqual({ replaced: [], moved: [] })
      // The caret may make its line a little higher; a block that appears and goes again would be a whole line.
      expect(shrunk).toBeLessThan(6)
    },
  )
})
