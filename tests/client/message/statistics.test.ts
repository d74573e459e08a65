import { expect, test } from 'bun:test'
import { seconds } from '../../../src/client/components/message/ending.ts'
import { cost, shortModel, statisticsOf } from '../../../src/client/components/message/statistics.ts'
import { reply } from '../conversation.ts'

test.each([
  [0, '$0'],
  [0.0112, '$0.011'],
  [0.00000123, '$0.0000012'],
  [0.02, '$0.02'],
  [0.5, '$0.50'],
  [12.345, '$12.35'],
])('%d dollars are written %s', (usd, words) => expect(cost(usd)).toBe(words))

test.each([
  [420, '0.4 s'],
  [4_100, '4.1 s'],
  [9_960, '10 s'],
  [61_400, '61 s'],
])('%d milliseconds are written %s', (ms, words) => expect(seconds(ms)).toBe(words))

test('what is not known is left out', () => {
  const { ai } = reply(1)
  expect(ai && statisticsOf(ai).map(part => part.name)).toEqual(['model'])
})

test.each([
  ['anthropic/claude-sonnet-5', 'claude-sonnet-5'],
  ['fake/free:free', 'free:free'],
  ['llama3:8b', 'llama3:8b'],
])('%s is called %s', (id, name) => expect(shortModel(id)).toBe(name))
