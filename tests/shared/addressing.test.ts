import { describe, expect, test } from 'bun:test'
import { type Addressee, type Utterance, willAnswer } from '../../src/shared/addressing.ts'
import { mentionedHandles } from '../../src/shared/mentions.ts'
import type { AiMode } from '../../src/shared/rooms.ts'

const assistant: Addressee = { id: 'ai', kind: 'agent', display_name: 'Assistant', handle: 'assistant' }
const scribe: Addressee = { id: 'scribe', kind: 'agent', display_name: 'Scribe', handle: 'scribe' }
const ada: Addressee = { id: 'ada', kind: 'human', display_name: 'Ada', handle: 'ada' }
const grace: Addressee = { id: 'grace', kind: 'human', display_name: 'Grace Hopper', handle: 'grace-hopper' }
const people = [ada, grace]
const everyone = [...people, assistant, scribe]

function decide(mode: AiMode, content: string, more: Partial<Utterance> = {}) {
  const handles = mentionedHandles(content)
  return willAnswer(
    assistant,
    mode,
    {
      content,
      mentions: everyone.filter(who => handles.includes(who.handle)).map(who => who.id),
      sender: { id: 'ada', kind: 'human', is_muted: false },
      replied_to: null,
      ...more,
    },
    people,
  ).rule
}

describe('will it answer?', () => {
  test.each<[AiMode, string, string]>([
    ['mention', 'hello everybody', 'not_mentioned'],
    ['mention', '@assistant hello', 'mentioned'],
    ['mention', 'what do you say, @Assistant?', 'mentioned'],
    ['mention', 'Assistant, what do you say?', 'mentioned'],
    ['mention', 'the assistant, by the way, is good', 'not_mentioned'],
    ['mention', '@assistant ask @grace-hopper', 'mentioned'],
    ['mention', 'see `@assistant`', 'not_mentioned'],
    ['mention', '```\n@assistant\n```', 'not_mentioned'],
    ['mention', '@assistants hello', 'not_mentioned'],
    ['mention', '@grace-hopper ask @assistant', 'to_person'],
    ['always', 'hello everybody', 'always'],
    ['always', '@grace-hopper hello', 'to_person'],
    ['always', 'what do you think, @grace-hopper?', 'to_person'],
    ['always', 'Grace Hopper: lunch?', 'to_person'],
    ['always', 'grace hopper, lunch?', 'to_person'],
    ['always', 'Grace Hopper is right', 'always'],
    ['always', '@scribe note this', 'always'],
    ['off', '@assistant hello', 'off'],
  ])('%s: “%s” → %s', (mode, content, rule) => {
    expect(decide(mode, content)).toBe(rule as never)
  })

  test('refuses what it wrote itself, what another agent wrote, and who is muted', () => {
    const say = (sender: Utterance['sender']) => decide('always', '@assistant hello', { sender })
    expect(say({ id: 'ai', kind: 'agent', is_muted: false })).toBe('own')
    expect(say({ id: 'scribe', kind: 'agent', is_muted: false })).toBe('agent')
    expect(say({ id: 'ada', kind: 'human', is_muted: true })).toBe('muted')
  })

  test('follows replies: to it, to a person, to oneself', () => {
    expect(decide('mention', 'and then?', { replied_to: assistant })).toBe('replied')
    expect(decide('always', 'I agree', { replied_to: grace })).toBe('to_person')
    expect(decide('always', 'P.S.', { replied_to: ada })).toBe('always')
    expect(decide('mention', '@assistant is that so?', { replied_to: grace })).toBe('mentioned')
  })

  test('says why in words', () => {
    const said: Utterance = {
      content: 'hi',
      mentions: [],
      sender: { id: 'ada', kind: 'human', is_muted: false },
      replied_to: null,
    }
    expect(willAnswer(assistant, 'mention', said, people)).toEqual({
      answers: false,
      rule: 'not_mentioned',
      reason: 'mention @assistant to ask',
    })
  })
})

describe('mentions', () => {
  test.each<[string, string[]]>([
    ['@ada', ['ada']],
    ['hi @Ada, @ada and @grace-hopper.', ['ada', 'grace-hopper']],
    ['(@ada)', ['ada']],
    ['ada@example.org', []],
    ['https://x.org/@ada', []],
    ['@@ada', []],
    ['`@ada` and ``x @ada``', []],
    ['```js\n@ada\n```\n@grace', ['grace']],
    ['~~~\n@ada', []],
    ['@ ada', []],
    ['@élodie', ['élodie']],
    ['@日本', ['日本']],
    ['@ada_ @a.b', ['ada_', 'a.b']],
    ['@ada- and @ada.', ['ada']],
  ])('of “%s” are %j', (content, handles) => {
    expect(mentionedHandles(content)).toEqual(handles)
  })

  test('of a text made to be slow are found all the same', () => {
    const slow = [
      '`'.repeat(16_000),
      '```\n'.repeat(4_000),
      '@'.repeat(16_000),
      ' @a-'.repeat(4_000),
      `@${'a-'.repeat(8_000)}`,
    ]
    expect(slow.map(text => mentionedHandles(`${text}\n@ada`).at(-1))).toEqual([undefined, 'ada', 'ada', 'ada', 'ada'])
  })
})
