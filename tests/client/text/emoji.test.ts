import { beforeAll, describe, expect, test } from 'bun:test'
import { awaitsEmoji, type Emoji, loadEmoji, withEmoji } from '../../../src/client/text/emoji.ts'
import { renderMarkdown } from '../../../src/client/text/markdown.ts'
import { plainText } from '../../../src/client/text/plain.ts'
import { StreamingMarkdown } from '../../../src/client/text/streaming-markdown.ts'
import { openPage, ROOM } from './browser.ts'

const { view, document } = openPage()
let all: Emoji[]

beforeAll(async () => {
  all = await loadEmoji()
})

const shown = (content: string) => {
  const element = document.createElement('div')
  element.innerHTML = renderMarkdown(content, ROOM, view)
  return element.textContent?.trim()
}

describe('the list', () => {
  test('has every emoji with a name, in the order that people know, and no parts of one', () => {
    expect(all.length).toBeGreaterThan(1800)
    expect(all[0]).toMatchObject({ char: '😀', shortcodes: ['grinning'], group: 0 })
    expect(all.find(emoji => emoji.char === '🎉')).toMatchObject({ name: 'party popper', shortcodes: ['tada'] })
    expect(all.find(emoji => emoji.char === '👍')?.shortcodes).toEqual(['+1', 'thumbsup'])
    expect(all.filter(({ char, name, shortcodes }) => !char || !name || !shortcodes[0])).toEqual([])
    expect(all.filter(({ name }) => /skin tone$|regional indicator/.test(name))).toEqual([])
  })

  test('gives a short name to one emoji only', () => {
    const names = all.flatMap(emoji => emoji.shortcodes)
    expect(names.length - new Set(names).size).toBe(0)
  })
})

describe('a short name', () => {
  test.each([
    ['well done :tada:', 'well done 🎉'],
    [':+1::heart:', '👍❤️'],
    ['(:white_check_mark:), **:rocket:** and [:smile: here](https://a.test)', '(✅), 🚀 and 😄 here'],
    ['- :tada:\n\n> :tada:', '🎉\n\n\n🎉'],
  ])('%j is shown as %j', (content, expected) => expect(shown(content)).toBe(expected))

  test.each([
    'at 10:30:40 or 1:100:1',
    'no :such_thing_as_this: here',
    'a:tada:b',
    '`:tada:`',
    '```\n:tada:\n```',
    'https://a.test/:tada:/x',
    'www.example.org/?q=:tada:',
    '/:tada:/',
    ':TADA:',
    ': tada :',
  ])('is not seen in %j', content => expect(shown(content)).not.toMatch(/🎉|💯/u))

  test('that was escaped stays as it was typed', () => expect(shown('\\:tada:')).toBe(':tada:'))

  test('shows in previews too', () => expect(plainText('done :tada:')).toBe('done 🎉'))

  test('is nothing to wait for once all are known', () => {
    expect(awaitsEmoji(':tada:')).toBeFalse()
    expect(withEmoji(':tada:')).toBe('🎉')
  })

  test('that is written bit by bit ends as if it had come at once', () => {
    const text = 'First :tada: and\n\n- :+1: `:tada:` 10:30:40\n\n:rocket:'
    const root = document.createElement('div')
    const stream = new StreamingMarkdown(root, ROOM, { view })
    for (let at = 1; at <= text.length; at++) stream.update(text.slice(0, at))
    stream.finish(text)
    expect(root.innerHTML).toBe(renderMarkdown(text, ROOM, view))
    expect(root.textContent).toContain('First 🎉 and')
  })
})
