import { expect, test } from 'bun:test'
import { forWhom, mayRevoke, standingOf, wantedOf } from '../../../src/client/components/invites/invites.ts'
import type { Invite } from '../../../src/shared/invites.ts'
import { ADA, GRACE, ROOM } from '../conversation.ts'

const NOW = Date.parse('2026-11-20T09:00:00.000Z')
const invite = (change: Partial<Invite> = {}): Invite => ({
  id: 'i1',
  room_id: ROOM,
  inviter: GRACE,
  npub: null,
  max_uses: 1,
  uses: 0,
  created_at: '2026-11-20T09:00:00.000Z',
  expires_at: '2026-11-27T09:00:00.000Z',
  revoked_at: null,
  ...change,
})

test('a link is for so many, a mail for one', () => {
  expect(wantedOf('link', { days: '7', uses: '25' })).toEqual({ expires_in_days: 7, max_uses: 25 })
  expect(wantedOf('email', { email: 'bob@example.org', days: '1' })).toEqual({
    email: 'bob@example.org',
    expires_in_days: 1,
  })
})

test('each says whom it is for and how it stands', () => {
  expect(forWhom(invite())).toBe('Whoever has the link')
  expect(forWhom(invite({ email: 'bob@example.org' }))).toBe('bob@example.org')
  expect(forWhom(invite({ npub: `npub1${'q'.repeat(54)}wxyz` }))).toBe('npub1qqqq…wxyz')
  expect(standingOf(invite(), 'grace', NOW)).toBe('by you · good once · good for 7 days')
  expect(standingOf(invite({ max_uses: 5, uses: 2 }), 'ada', NOW)).toBe(
    'by Grace Hopper · 2 of 5 uses · good for 7 days',
  )
})

test('it is taken back by its maker, the owner or an admin', () => {
  const rights = { me: ADA.id, moderates: false, asks: true, administers: false }
  expect(mayRevoke(invite(), rights)).toBeFalse()
  expect(mayRevoke(invite({ inviter: ADA }), rights)).toBeTrue()
  expect(mayRevoke(invite(), { ...rights, moderates: true })).toBeTrue()
})
