import { describe, expect, test } from 'bun:test'
import { snippetOf } from '../../src/server/search/snippet.ts'

const FILLING = 'Words that nobody looks for. '.repeat(20)
const hits = (content: string, ...terms: string[]) =>
  snippetOf(content, terms).flatMap(({ text, hit }) => (hit ? [text] : []))

describe('a snippet', () => {
  test('is the whole of a short text, in pieces', () => {
    expect(snippetOf('Tea, or more tea?', ['tea'])).toEqual([
      { text: 'Tea', hit: true },
      { text: ', or more ', hit: false },
      { text: 'tea', hit: true },
      { text: '?', hit: false },
    ])
  })

  test('of a long text lies around the first hit, cut between words', () => {
    const pieces = snippetOf(`${FILLING}Then a needle here. ${FILLING}`, ['needle'])
    expect(pieces.filter(({ hit }) => hit)).toEqual([{ text: 'needle', hit: true }])
    expect(pieces[0]?.text).toMatch(/^…\w+ .*Then a $/)
    expect(pieces.at(-1)?.text).toMatch(/^ here\. .*\S…$/)
    const text = pieces.map(piece => piece.text).join('')
    expect(text.length).toBeLessThan(220)
    expect(`${FILLING}Then a needle here. ${FILLING}`).toContain(text.slice(1, -1))
  })

  test('begins with an ellipsis although the first piece is the hit', () => {
    const pieces = snippetOf(`${'x'.repeat(300)}needle`, ['needle'])
    expect(pieces).toEqual([
      { text: `…${'x'.repeat(50)}`, hit: false },
      { text: 'needle', hit: true },
    ])
    expect(snippetOf(`${'x'.repeat(300)} needle`, ['x'.repeat(300)])[0]).toEqual({ text: 'x'.repeat(300), hit: true })
  })

  test('marks hits whatever their case and accents, and those that overlap as one', () => {
    expect(hits('CAFÉ, cafe\u0301 and Café', 'cafe')).toEqual(['CAFÉ', 'cafe\u0301', 'Café'])
    expect(hits('abcdef', 'abcd', 'cdef')).toEqual(['abcdef'])
    expect(hits('a İstanbul ß end', 'end')).toEqual(['end'])
  })

  test('never cuts a character in two', () => {
    for (const shift of [0, 1]) {
      const text = snippetOf(`${'x'.repeat(shift)}${'😀'.repeat(300)}needle${'😀'.repeat(300)}`, ['needle'])
        .map(piece => piece.text)
        .join('')
      expect(text.isWellFormed()).toBe(true)
      expect(text).toContain('😀needle😀')
    }
  })

  test('of text without spaces, and without a hit', () => {
    expect(hits('今日は東京で会いましょう', '東京')).toEqual(['東京'])
    expect(snippetOf('nothing here', [])).toEqual([{ text: 'nothing here', hit: false }])
    expect(snippetOf('', ['tea'])).toEqual([])
  })

  test('shows what people read, unless the marks of Markdown are what was found', () => {
    const text = (content: string, ...terms: string[]) =>
      snippetOf(content, terms)
        .map(piece => piece.text)
        .join('')
    expect(text('**One writer** at [a time](https://example.org/wal), *really*: `fsync`', 'writer')).toBe(
      'One writer at a time, really: fsync',
    )
    expect(text('# Plan\n\n- [x] tea\n> cake\n\n```ts\nconst tea = 1\n```', 'tea')).toBe(
      'Plan\ntea\ncake\nconst tea = 1',
    )
    expect(text('| a | b |\n|---|:-:|\n| tea | 2 |', 'tea')).toBe('a b\ntea 2')
    expect(text('snake_case and 2 * 3 * 4', 'snake_case')).toBe('snake_case and 2 * 3 * 4')
    expect(text('see [this](https://example.org/wal)', 'example.org')).toBe('see [this](https://example.org/wal)')
  })

  test('is quickly made of any text', () => {
    for (const piece of ['[', '![', '](', '*', '_', '`', '|', '-', '> ', '# ', '[a](', '*a _b '])
      for (const end of ['', 'needle'])
        expect(hits(piece.repeat(8_000).slice(0, 16_000) + end, 'needle').length).toBe(end ? 1 : 0)
  })
})
