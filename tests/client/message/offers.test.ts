import { expect, test } from 'bun:test'
import { versionsOf } from '../../../src/client/components/message/history.ts'
import { MESSAGE_KEYS } from '../../../src/client/components/message/keys.ts'
import { offerOf, offersFor } from '../../../src/client/components/message/offers.ts'
import { quoteWords } from '../../../src/client/components/message/quote.ts'
import type { Rights } from '../../../src/client/stores/rights.ts'
import type { Message } from '../../../src/shared/messages.ts'
import { ADA, GRACE, message, reply } from '../conversation.ts'

const RIGHTS: Rights = { me: ADA.id, moderates: false, asks: true, administers: false }
const offered = (one: Message, rights: Partial<Rights> = {}) =>
  offersFor(one, { ...RIGHTS, ...rights }).map(offer => offer.name)
const mine = (change: Partial<Message> = {}) => message(1, { sender_id: ADA.id, ...change })
const at = '2026-11-20T10:00:00.000Z'

test('of what others said everything but its words is mine to do with', () => {
  expect(offered(message(1))).toEqual(['react', 'reply', 'pin', 'unread', 'text', 'markdown', 'link'])
  expect(offered(message(1), { moderates: true })).toContain('delete')
  expect(offered(message(1), { moderates: true, equals: true })).not.toContain('delete')
})

test('of what I said also the words', () => {
  expect(offered(mine())).toEqual(['react', 'reply', 'edit', 'pin', 'text', 'markdown', 'link', 'delete'])
  expect(offered(mine({ edited_at: at, pinned_at: at }))).toEqual([
    'react',
    'reply',
    'edit',
    'unpin',
    'text',
    'markdown',
    'link',
    'history',
    'delete',
  ])
})

test('muted people read, copy and take back', () => {
  expect(offered(mine(), { asks: false })).toEqual(['text', 'markdown', 'link', 'delete'])
})

test('an answer under way can be copied and linked; what was deleted is left alone', () => {
  expect(offered(reply(2, { content: 'So far' }), { moderates: true })).toEqual(['unread', 'text', 'markdown', 'link'])
  expect(offered(mine({ deleted_at: at, content: '' }), { moderates: true })).toEqual([])
  expect(offered(mine({ content: '' }))).not.toContain('text')
})

test('a key means what is offered, or nothing', () => {
  const meant = (key: string, one: Message, rights: Partial<Rights> = {}) =>
    offerOf(key, one, { ...RIGHTS, ...rights })?.name ?? null
  expect(['r', 'p', 'u', 'c', '+'].map(key => meant(key, message(1)))).toEqual([
    'reply',
    'pin',
    'unread',
    'markdown',
    'react',
  ])
  expect(meant('P', mine({ pinned_at: at }))).toBe('unpin')
  expect(meant('e', message(1))).toBeNull()
  expect(meant('e', mine())).toBe('edit')
  expect([meant('Delete', mine()), meant('Backspace', mine())]).toEqual(['delete', 'delete'])
  expect([meant('x', mine()), meant('Enter', mine()), meant('F5', mine())]).toEqual([null, null, null])
})

test('every key of a message is told of', () => {
  const told = MESSAGE_KEYS.flatMap(({ keys }) => keys)
  const all = offersFor(mine({ sender_id: ADA.id }), { ...RIGHTS, me: ADA.id }).concat(
    offersFor(message(1), { ...RIGHTS, moderates: true }),
  )
  for (const { key } of all) if (key) expect(told).toContain(key)
})

test('a quote is one line of plain text, or says what there is instead', () => {
  expect(quoteWords(message(1, { content: '# A **bold**\n\nclaim' }))).toBe('A bold claim')
  expect(quoteWords(message(1, { content: 'x'.repeat(500) }))).toHaveLength(120)
  const picture = { id: 'p', url: '/p', mime: 'image/png', bytes: 1, width: 1, height: 1, name: 'p.png' }
  expect(quoteWords(message(1, { content: '', attachments: [picture] }))).toBe('Picture')
  expect(quoteWords(message(1, { content: '', attachments: [picture, picture] }))).toBe('Pictures')
  expect(quoteWords(message(1, { content: '', deleted_at: at }))).toBe('This message was deleted.')
  expect(quoteWords(null)).toBe('A message that is gone')
  expect(quoteWords(undefined)).toBe('…')
})

test('earlier texts stand under the one of now, each with the moment since when', () => {
  const later = '2026-11-20T11:00:00.000Z'
  const edits = [
    { content: 'one', replaced_at: at },
    { content: 'two', replaced_at: later },
  ]
  const now = message(1, { content: 'three', sender_id: GRACE.id })
  expect(versionsOf(now, edits)).toEqual([
    { content: 'three', from: later, is_current: true },
    { content: 'two', from: at, is_current: false },
    { content: 'one', from: now.timestamp, is_current: false },
  ])
})
