import { expect, test } from 'bun:test'
import { mayDelete, mayEdit, mayMark, mayReadEdits, mayUnread } from '../../../src/client/stores/message-rights.ts'
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

const edited = message(1, { edited_at: '2026-11-20T10:00:00.000Z' })
const gone = message(1, { deleted_at: '2026-11-20T10:00:00.000Z' })
const owner = rightsOf(ADA, { ...member, role: 'owner' })
const admin = rightsOf({ ...ADA, role: 'admin' }, member)
const muted = rightsOf(GRACE, { ...member, is_muted: true })

test('only its author edits a message, and not while muted', () => {
  expect(mayEdit(message(1), grace)).toBeTrue()
  for (const other of [ada, owner, admin, muted]) expect(mayEdit(message(1), other)).toBeFalse()
})

test('its author, the owner and admins delete a message', () => {
  for (const one of [grace, muted, owner, admin]) expect(mayDelete(message(1), one)).toBeTrue()
  expect(mayDelete(message(1), ada)).toBeFalse()
})

test('its author and admins see what it said before', () => {
  for (const one of [grace, admin]) expect(mayReadEdits(edited, one)).toBeTrue()
  for (const one of [ada, owner]) expect(mayReadEdits(edited, one)).toBeFalse()
  expect(mayReadEdits(message(1), grace)).toBeFalse()
})

test('everybody with a voice reacts, replies and pins', () => {
  expect(mayMark(message(1), ada)).toBeTrue()
  expect(mayMark(message(1), muted)).toBeFalse()
})

test('what others said can be unread again', () => {
  expect(mayUnread(message(1), ada)).toBeTrue()
  expect(mayUnread(message(1), grace)).toBeFalse()
})

test.each([
  ['was deleted', gone],
  ['is being written', reply(2)],
  ['is on its way', message(1, { id: '' })],
])('nothing can be done with what %s', (_, one) => {
  for (const may of [mayEdit, mayDelete, mayMark, mayReadEdits]) expect(may(one, admin)).toBeFalse()
})
