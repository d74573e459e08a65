import { expect, test } from 'bun:test'
import { mayAskAgain, mayManage, mayStop, rightsOf, stoppable } from '../../../src/client/stores/rights.ts'
import { ADA, GRACE, message, reply } from '../conversation.ts'

const member = { role: 'member' as const, is_muted: false }
const ada = rightsOf(ADA, member)
const grace = rightsOf(GRACE, member)

test('whoever asked, the owner of the room and admins may stop an answer under way', () => {
  expect(mayStop(reply(2), ada)).toBeTrue()
  expect(mayStop(reply(2), grace)).toBeFalse()
  expect(mayStop(reply(2), rightsOf(GRACE, { ...member, role: 'owner' }))).toBeTrue()
  expect(mayStop(reply(2), rightsOf({ ...GRACE, role: 'admin' }, null))).toBeTrue()
  expect(mayStop(reply(2, { status: 'complete' }), ada)).toBeFalse()
})

test('everybody who is not muted may ask again, once the answer is there', () => {
  const done = reply(2, { status: 'error' })
  expect(mayAskAgain(done, grace)).toBeTrue()
  expect(mayAskAgain(done, rightsOf(GRACE, { ...member, is_muted: true }))).toBeFalse()
  expect(mayAskAgain(reply(2), grace)).toBeFalse()
  expect(mayAskAgain(message(1), grace)).toBeFalse()
})

test('of several answers the latest that one may stop is meant', () => {
  const others = reply(4, {}, { requested_by: GRACE.id })
  expect(stoppable([reply(2), reply(3), others], ada)?.id).toBe('m3')
  expect(stoppable([message(1), others], ada)).toBeNull()
})

test('owners and admins look after everybody but themselves and the owner', () => {
  const owner = rightsOf(ADA, { ...member, role: 'owner' })
  expect(mayManage({ user: GRACE, role: 'member' }, owner)).toBeTrue()
  expect(mayManage({ user: ADA, role: 'owner' }, owner)).toBeFalse()
  expect(mayManage({ user: ADA, role: 'owner' }, rightsOf({ ...GRACE, role: 'admin' }, member))).toBeFalse()
  expect(mayManage({ user: GRACE, role: 'member' }, ada)).toBeFalse()
})
