import { describe, expect, test } from 'bun:test'
import { forecast } from '../../../src/client/components/composer/answer-chip.ts'
import { lengthWords } from '../../../src/client/components/composer/length.ts'
import {
  candidates,
  complete,
  mentionAt,
  recentSpeakers,
} from '../../../src/client/components/composer/mention-picker.ts'
import { typingLine } from '../../../src/client/stores/typing.ts'
import { MESSAGE_MAX } from '../../../src/shared/limits.ts'
import type { AiMode } from '../../../src/shared/rooms.ts'
import { ADA, ASSISTANT, GRACE, message } from '../conversation.ts'

describe('the list of names', () => {
  test.each<[string, { start: number; query: string } | null]>([
    ['@', { start: 0, query: '' }],
    ['hi @gr', { start: 3, query: 'gr' }],
    ['(@gr', { start: 1, query: 'gr' }],
    ['hi @gr ', null],
    ['mail a@b', null],
    ['path/@x', null],
    ['', null],
  ])('opens where a mention is being written: %j', (text, found) => expect(mentionAt(text, text.length)).toEqual(found))

  const people = [ADA, GRACE, ASSISTANT]
  const handles = (query: string, spoke: string[] = []) =>
    candidates(people, query, spoke, ADA.id).map(who => who.handle)

  test('offers recent speakers first, then agents, and never me', () => {
    expect(handles('')).toEqual(['assistant', 'grace'])
    expect(handles('', [GRACE.id])).toEqual(['grace', 'assistant'])
  })
  test('goes by the handle and by every word of the name', () => {
    expect(handles('hop')).toEqual(['grace'])
    expect(handles('GR')).toEqual(['grace'])
    expect(handles('xyz')).toEqual([])
  })
  test('puts the handle in, with a space behind it', () => {
    expect(complete('hi @gr', 6, 3, 'grace')).toEqual({ text: 'hi @grace ', caret: 10 })
    expect(complete('@gr, look', 3, 0, 'grace')).toEqual({ text: '@grace, look', caret: 6 })
    expect(complete('@gr look', 3, 0, 'grace')).toEqual({ text: '@grace look', caret: 7 })
  })
  test('knows who spoke last', () => {
    const said = [message(1), message(2, { sender_id: ADA.id }), message(3)]
    expect(recentSpeakers(said)).toEqual([GRACE.id, ADA.id])
  })
})

describe('will it answer?', () => {
  const chip = (mode: AiMode, content: string, is_muted = false) =>
    forecast({ content, mode, me: { id: ADA.id, is_muted }, members: [ADA, GRACE], agents: [ASSISTANT] })?.text

  test.each<[AiMode, string, string]>([
    ['mention', '', 'Assistant will stay quiet — mention it to ask'],
    ['mention', 'hi @assistant', 'Assistant will answer'],
    ['mention', '`@assistant`', 'Assistant will stay quiet — mention it to ask'],
    ['always', 'anything', 'Assistant will answer'],
    ['always', '@grace look', 'Assistant will stay quiet — the message is for Grace Hopper'],
    ['off', '@assistant', 'AI is off in this room'],
  ])('%s: %j → %s', (mode, content, words) => expect(chip(mode, content)).toBe(words))

  test('muted members are told so', () => {
    expect(chip('always', 'hi', true)).toBe('Assistant will stay quiet — muted members cannot wake it')
  })
  test('without agents there is nothing to say', () => {
    expect(
      forecast({ content: '', mode: 'always', me: { id: 'a', is_muted: false }, members: [], agents: [] }),
    ).toBeNull()
  })
})

test('the length is mentioned when it matters, and in words', () => {
  expect(lengthWords('short')).toBeNull()
  expect(lengthWords('x'.repeat(MESSAGE_MAX))).toEqual({ over: false, text: '0 characters left' })
  expect(lengthWords('x'.repeat(MESSAGE_MAX + 1))).toEqual({
    over: true,
    text: 'Too long by 1 character. A message holds 16,000.',
  })
})

test('who is typing', () => {
  expect(typingLine([])).toBe('')
  expect(typingLine(['Ada'])).toBe('Ada is typing…')
  expect(typingLine(['Ada', 'Grace'])).toBe('Ada and Grace are typing…')
  expect(typingLine(['Ada', 'Grace', 'Alan'])).toBe('Ada and 2 others are typing…')
})
