import { expect, test } from 'bun:test'
import { findEmoji, shelvesOf } from '../../../src/client/components/reactions/find-emoji.ts'
import { namesOf } from '../../../src/client/components/reactions/names.ts'
import { recentEmoji, rememberEmoji } from '../../../src/client/components/reactions/recent.ts'
import type { Emoji } from '../../../src/client/text/emoji.ts'

const emoji = (char: string, name: string, group: number, shortcodes: string[], tags: string[] = []): Emoji => ({
  char,
  name,
  group,
  shortcodes,
  tags,
})
const ALL = [
  emoji('😀', 'grinning face', 0, ['grinning']),
  emoji('🎉', 'party popper', 6, ['tada'], ['celebrate', 'hooray']),
  emoji('🥳', 'partying face', 0, ['partying_face'], ['birthday']),
  emoji('🎎', 'Japanese dolls', 6, ['dolls'], ['party']),
  emoji('👍', 'thumbs up', 1, ['+1', 'thumbsup'], ['yes']),
  emoji('🏳️', 'white flag', 9, ['white_flag']),
]
const found = (query: string) => findEmoji(ALL, query).map(each => each.char)

/** As much of a storage as is needed. */
function storage(first: string | null = null, broken = false): Storage {
  let kept = first
  const fail = () => {
    throw new Error('No room')
  }
  return {
    getItem: () => (broken ? fail() : kept),
    setItem: (_: string, value: string) => {
      if (broken) fail()
      kept = value
    },
  } as unknown as Storage
}

test('emoji are found by name, short name and what they are about, the nearest first', () => {
  expect(found('party')).toEqual(['🎉', '🥳', '🎎'])
  expect(found(':tada:')).toEqual(['🎉'])
  expect(found('partying_face')).toEqual(['🥳'])
  expect(found('+1')).toEqual(['👍'])
  expect(found('FLAG')).toEqual(['🏳️'])
  expect(found('nothing of the kind')).toEqual([])
  expect(found('  ')).toEqual([])
})

test('they stand by kind, with those used lately before all', () => {
  const names = (recent: string[]) =>
    shelvesOf(ALL, recent)
      .filter(shelf => shelf.emoji.length)
      .map(shelf => `${shelf.name}: ${shelf.emoji.map(each => each.char).join('')}`)
  expect(names([])).toEqual(['Smileys: 😀🥳', 'People: 👍', 'Activities: 🎉🎎', 'Flags: 🏳️'])
  expect(names(['👍', 'unknown', '🎉'])[0]).toBe('Used lately: 👍🎉')
})

test('the latest used comes first and is there once', () => {
  const kept = storage()
  for (const char of ['👍', '🎉', '👍']) rememberEmoji(kept, char)
  expect(recentEmoji(kept)).toEqual(['👍', '🎉'])
})

test('a storage that is full, closed or full of nonsense does no harm', () => {
  rememberEmoji(storage(null, true), '👍')
  expect(recentEmoji(storage(null, true))).toEqual([])
  expect(recentEmoji(storage('{"no": "list"}'))).toEqual([])
  expect(recentEmoji(storage('not even that'))).toEqual([])
})

test('who reacted is named, me last', () => {
  const nameOf = (id: string) => (id === 'gone' ? null : id.toUpperCase())
  expect(namesOf(['me'], 'me', nameOf)).toBe('you')
  expect(namesOf(['ada'], 'me', nameOf)).toBe('ADA')
  expect(namesOf(['me', 'ada', 'grace'], 'me', nameOf)).toBe('ADA, GRACE and you')
  expect(namesOf(['gone', 'ada'], 'me', nameOf)).toBe('somebody who left and ADA')
  const crowd = Array.from({ length: 30 }, (_, n) => `p${n}`)
  expect(namesOf(crowd, 'me', nameOf)).toEndWith('P10 and 19 others')
})
