import { expect, test } from 'bun:test'
import { pageOf } from '../../../src/client/pages/page.ts'
import { routeOf } from '../../../src/client/router.ts'
import { ADA } from '../conversation.ts'

const at = (path: string, me: typeof ADA | null) =>
  pageOf(routeOf(new URL(path, 'http://chat.test')), path, { me, failed: false })

test('invites and links for a new password open for everybody', () => {
  for (const me of [null, ADA]) {
    expect(at('/invite/t0ken', me)).toEqual({ page: 'invite' })
    expect(at('/reset/t0ken', me)).toEqual({ page: 'reset' })
  }
})

test('one’s own settings are for whoever is signed in', () => {
  expect(at('/settings', ADA)).toEqual({ page: 'settings' })
  expect(at('/settings', null).go).toBe('/sign-in?next=%2Fsettings')
})

test('the administration opens for admins; for others there is nothing', () => {
  expect(at('/admin/people', { ...ADA, role: 'admin' })).toEqual({ page: 'admin' })
  expect(at('/admin', ADA)).toEqual({ page: 'chat' })
})
