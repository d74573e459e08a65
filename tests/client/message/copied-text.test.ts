import { afterAll, beforeAll, expect, test } from 'bun:test'
import { copiedText } from '../../../src/client/components/message/copied-text.ts'
import { markdownToHtml } from '../../../src/client/text/markdown-html.ts'
import { openPage } from '../../support/riot.ts'

let browser: ReturnType<typeof openPage>
beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())

function copied(markdown: string): string {
  const root = document.createElement('div')
  root.innerHTML = markdownToHtml(markdown, { people: [], me: 'ada' })
  return copiedText(root)
}

test.each([
  ['**bold** and `code`', 'bold and code'],
  ['one\n\ntwo', 'one\n\ntwo'],
  ['one\ntwo', 'one\ntwo'],
  ['# Title\n\ntext', 'Title\n\ntext'],
  ['- a\n- b\n\nafter', 'a\nb\n\nafter'],
  ['1. a\n   - b\n2. c', 'a\nb\n\nc'],
  ['> said\n\nme', 'said\n\nme'],
  ['[label](https://a.test)', 'label'],
  ['```js\nif (a) {\n  b()\n}\n```\n\nafter', 'if (a) {\n  b()\n}\n\nafter'],
  ['| a | b |\n|---|---|\n| 1 | 2 |', 'a\tb\n1\t2'],
])('%j is copied as %j', (markdown, text) => {
  expect(copied(markdown)).toBe(text)
})
