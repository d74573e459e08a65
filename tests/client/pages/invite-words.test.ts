import { expect, test } from 'bun:test'
import { forWords, untilWords } from '../../../src/client/pages/invite-words.ts'

const NOW = Date.parse('2026-11-20T09:00:00.000Z')
const later = (hours: number) => new Date(NOW + hours * 3_600_000).toISOString()

test('an invite says how long it is still good', () => {
  expect(untilWords(later(0.5), NOW)).toBe('good for less than an hour')
  expect(untilWords(later(1), NOW)).toBe('good for 1 hour')
  expect(untilWords(later(30), NOW)).toBe('good for 30 hours')
  expect(untilWords(later(7 * 24), NOW)).toMatch(/^good for 7 days, until .*2026/)
  expect(untilWords(later(-1), NOW)).toBe('expired')
})

test('and whom it is for, as far as one may know', () => {
  expect(forWords({ for: null })).toBeNull()
  expect(forWords({ for: 'g•••@example.org' })).toBe('Sent to g•••@example.org.')
  expect(forWords({ for: `npub1${'q'.repeat(54)}wxyz` })).toBe('Only for the holder of the Nostr key npub1qqqq…wxyz.')
})
