import { describe, expect, test } from 'bun:test'
import { inRoom } from '../../../src/client/components/finding/in-room.ts'
import { adviceOn } from '../../../src/client/components/search/advice.ts'
import { askable, completed, offersFor, type Piece, pieceAt } from '../../../src/client/components/search/completion.ts'
import { parseSearch } from '../../../src/shared/search-query.ts'
import { ADA, ASSISTANT, GRACE, myRoom } from '../conversation.ts'

const sources = {
  people: [GRACE, ADA, ASSISTANT],
  rooms: [myRoom({ id: 'a', name: 'garden' }), myRoom({ id: 'b', name: 'Reading group' })],
  me: ADA.id,
  today: new Date('2026-11-20T12:00:00Z'),
}
/** What is offered with the caret at the bar. */
function offered(typed: string): string[] {
  const piece = pieceAt(typed.replace('|', ''), typed.indexOf('|'))
  return piece ? offersFor(piece, sources).map(offer => offer.value) : []
}

describe('the operator at the caret', () => {
  test.each<[string, string[]]>([
    ['from:|', ['ada', 'assistant', 'grace']],
    ['from:@gr|', ['grace']],
    ['roses from:Hop|', ['grace']],
    ['from:grace|', []],
    ['from:"grace h|', ['grace']],
    ['from:"Grâce Höpper|"', []],
    ['in:|', ['garden', 'Reading group']],
    ['in:"read|', ['Reading group']],
    ['in:gro| roses', ['Reading group']],
    ['has:|', ['image']],
    ['after:|', ['2026-11-20', '2026-11-19', '2026-11-13', '2026-10-21', '2025-11-20']],
    ['before:yest|', ['2026-11-19']],
    ['before:2025|', ['2025-11-20']],
    ['|from:gr', []],
    ['from:gr |', []],
    ['whence:gr|', []],
    ['xfrom:gr|', []],
  ])('%s', (typed, values) => expect(offered(typed)).toEqual(values))

  test('is completed so that the server reads it as meant, with the caret behind', () => {
    const piece = pieceAt('roses in:"read bed', 18) as Piece
    const { text, caret } = completed('roses in:"read bed', piece, 'Reading group')
    expect(text).toBe('roses in:"Reading group" ')
    expect(caret).toBe(text.length)
    expect(parseSearch(text)).toMatchObject({ terms: ['roses'], in: ['Reading group'] })
    expect(completed('from:g roses', pieceAt('from:g roses', 6) as Piece, 'grace')).toEqual({
      text: 'from:grace roses',
      caret: 11,
    })
  })

  test('is not searched for before it has a value', () => {
    expect(askable('roses in:').trim()).toBe('roses')
    expect(askable('from: roses').trim()).toBe('roses')
    expect(askable('within:')).toBe('within:')
  })

  test('leads into one room', () => {
    expect(inRoom('garden')).toBe('in:garden')
    expect(inRoom('Reading group')).toBe('in:"Reading group"')
    expect(inRoom('the "garden"')).toBeNull()
  })
})

describe('where nothing was found', () => {
  const advice = (query: string) => adviceOn(query, sources)

  test('names that nobody has are pointed out', () => {
    expect(advice('from:grce in:gardn')).toEqual([
      { text: 'Nobody you share a room with is called “grce”.' },
      { text: 'You are in no room called “gardn”.' },
    ])
  })
  test('a person may be called by either name', () => {
    for (const name of ['grace', '@Grace', '"Grace Hopper"', 'grâce-hopper'])
      expect(advice(`from:${name}`)).toEqual([{ text: 'Try another word, or the beginning of one.' }])
  })
  test('the words alone can be tried', () => {
    expect(advice('roses "late frost" in:reading-group')).toEqual([
      { text: 'Look for “roses” and “late frost” everywhere', query: 'roses "late frost"' },
      {
        text: 'Look for the words wherever they stand, without the quotes',
        query: 'roses late frost in:reading-group',
      },
    ])
  })
  test('days that exclude each other are pointed out', () => {
    expect(advice('after:2026-11-20 before:2026-11-20')[0]?.text).toBe('No day is after the one and before the other.')
  })
  test('there is always something to try', () => {
    expect(advice('roses')).toEqual([{ text: 'Try another word, or the beginning of one.' }])
    expect(advice('roses tulips')[0]?.text).toStartWith('Take fewer words')
  })
})
