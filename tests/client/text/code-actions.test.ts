import { afterEach, beforeEach, expect, test } from 'bun:test'
import { actOnCode } from '../../../src/client/text/code-actions.ts'
import { renderMarkdown } from '../../../src/client/text/markdown.ts'
import { openPage, ROOM } from './browser.ts'

const { view, document } = openPage()
let root: HTMLElement
let stop: () => void

beforeEach(() => {
  root = document.createElement('div')
  document.body.append(root)
  stop = actOnCode(root)
})

afterEach(() => {
  stop()
  root.remove()
})

function show(content: string) {
  const body = document.createElement('div')
  body.className = 'prose'
  body.innerHTML = renderMarkdown(content, ROOM, view)
  root.append(body)
  return (action: string) => body.querySelector<HTMLElement>(`[data-action="${action}"]`)
}

function offerClipboard(clipboard: { writeText: (text: string) => Promise<void> } | undefined) {
  Object.defineProperty(view.navigator, 'clipboard', { configurable: true, value: clipboard })
}

test('Copy takes the code as it is written and says so', async () => {
  const copied: string[] = []
  offerClipboard({ writeText: async text => void copied.push(text) })
  const button = show('```html\n<b>&amp;</b>\n  x\n```')('copy')
  button?.click()
  await Bun.sleep(5)
  expect(copied).toEqual(['<b>&amp;</b>\n  x'])
  expect(button?.textContent).toBe('Copied')
  expect(root.querySelector('[role="status"]')?.textContent).toBe('Copied')
  await Bun.sleep(1_600)
  expect(button?.textContent).toBe('Copy')
  expect(root.querySelector('[role="status"]')?.textContent).toBe('')
})

test.each([
  ['none, as over plain HTTP', undefined],
  ['one that refuses', { writeText: () => Promise.reject(new Error('NotAllowedError')) }],
])('Copy works with a clipboard of %s', async (_, clipboard) => {
  offerClipboard(clipboard)
  const copied: (string | undefined)[] = []
  document.execCommand = command => {
    copied.push(command, (document.querySelector('textarea') as HTMLTextAreaElement | null)?.value)
    return true
  }
  const button = show('```\nold ways\n```')('copy')
  button?.click()
  await Bun.sleep(5)
  expect(copied).toEqual(['copy', 'old ways'])
  expect(button?.textContent).toBe('Copied')
  expect(document.querySelector('textarea')).toBeNull()
})

test('Copy admits that it could not', async () => {
  offerClipboard(undefined)
  document.execCommand = () => false
  const button = show('```\nx\n```')('copy')
  button?.click()
  await Bun.sleep(5)
  expect(button?.textContent).toBe('Not copied')
})

test('Wrap folds the lines and back', () => {
  const button = show('```\nlong\n```')('wrap')
  button?.click()
  expect(root.querySelector('.code')?.classList.contains('wrapped')).toBe(true)
  expect(button?.getAttribute('aria-pressed')).toBe('true')
  button?.click()
  expect(root.querySelector('.code')?.classList.contains('wrapped')).toBe(false)
  expect(button?.getAttribute('aria-pressed')).toBe('false')
})

test('a button outside of a message is nobody’s business here', () => {
  const button = document.createElement('button')
  button.dataset.action = 'copy'
  root.append(button)
  button.click()
  expect(button.textContent).toBe('')
})

test('nothing happens after the end', () => {
  stop()
  const button = show('```\nx\n```')('wrap')
  button?.click()
  expect(root.querySelector('.wrapped')).toBeNull()
})
