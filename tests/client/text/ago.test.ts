import { expect, test } from 'bun:test'
import { ago } from '../../../src/client/text/ago.ts'

const NOW = Date.parse('2026-11-20T09:00:00.000Z')

test.each([
  [20_000, 'just now'],
  [-5_000, 'just now'],
  [60_000, '1 minute ago'],
  [3 * 3_600_000, '3 hours ago'],
  [26 * 3_600_000, 'yesterday'],
  [40 * 86_400_000, 'last month'],
])('%d ms ago', (passed, words) => {
  expect(ago(new Date(NOW - passed).toISOString(), NOW)).toBe(words)
})
