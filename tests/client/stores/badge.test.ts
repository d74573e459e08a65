import { expect, test } from 'bun:test'
import { titleOf } from '../../../src/client/pages/destination.ts'
import { badgeOf } from '../../../src/client/stores/badge.ts'
import type { MyRoom } from '../../../src/shared/rooms.ts'
import { ADA, GRACE, myRoom } from '../conversation.ts'

const badge = (...rooms: Partial<MyRoom>[]) => badgeOf(rooms.map(myRoom))
const direct = [ADA, GRACE]

test('counts what is meant for me, and marks that there is more', () => {
  expect(badge({})).toEqual({ meant: 0, more: false })
  expect(badge({ unread_count: 7 })).toEqual({ meant: 0, more: true })
  expect(badge({ unread_count: 7, mention_count: 2 }, { unread_count: 1, mention_count: 1 })).toEqual({
    meant: 3,
    more: true,
  })
})

test('all that is said between two, or where I want to hear everything, is meant for me', () => {
  expect(badge({ direct, unread_count: 2 })).toEqual({ meant: 2, more: false })
  expect(badge({ notify: 'everything', unread_count: 4, mention_count: 1 })).toEqual({ meant: 4, more: false })
})

test('a room that I want to hear nothing of shows where I am named only', () => {
  expect(badge({ notify: 'nothing', unread_count: 9 })).toEqual({ meant: 0, more: false })
  expect(badge({ notify: 'nothing', direct, unread_count: 9, mention_count: 1 })).toEqual({ meant: 1, more: false })
})

test('the title says both', () => {
  expect(titleOf('garden', { meant: 3, more: true })).toBe('(3) garden · GroupChat')
  expect(titleOf('garden', { meant: 0, more: true })).toBe('• garden · GroupChat')
  expect(titleOf(null, { meant: 0, more: false })).toBe('GroupChat')
})
