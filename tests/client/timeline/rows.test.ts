import { expect, test } from 'bun:test'
import { createAnnouncer } from '../../../src/client/components/timeline/announcer.ts'
import { createRows, type Replies, type RowSources } from '../../../src/client/components/timeline/rows.ts'
import { dayOf } from '../../../src/client/components/timeline/times.ts'
import type { Activity } from '../../../src/client/stores/live-replies.ts'
import type { Entry } from '../../../src/client/stores/message-list.ts'
import type { Message } from '../../../src/shared/messages.ts'
import { ADA, message, reply } from '../conversation.ts'

const entry = (message: Message): Entry => ({
  key: message.id,
  message,
  delivery: 'sent',
  problem: null,
  retriable: false,
})
const SEARCHING: Activity = { state: 'searching', detail: 'roses' }
const QUIET: Replies = {
  live: () => null,
  reasoning: () => null,
  activity: () => null,
  tools: () => null,
  quoted: () => undefined,
  request: () => null,
}
const sources = (messages: Message[], change: Partial<RowSources> = {}): RowSources => ({
  entries: messages.map(entry),
  more_before: false,
  read_seq: null,
  me: ADA.id,
  replies: QUIET,
  today: new Date('2026-11-20T12:00:00Z'),
  ...change,
})
const shape = (messages: Message[], change: Partial<RowSources> = {}) =>
  createRows()(sources(messages, change)).map(row =>
    [row.message.id, row.day && 'day', row.is_new && 'new', row.continued && 'more'].filter(Boolean).join(' '),
  )

test('runs of one author within five minutes are grouped', () => {
  expect(shape([message(1), message(2), message(8), message(9, { sender_id: ADA.id })])).toEqual([
    'm1 day',
    'm2 more',
    'm8',
    'm9',
  ])
})

test('each reply of an agent has its own head', () => {
  expect(shape([reply(1), reply(2)])).toEqual(['m1 day', 'm2'])
})

test('each day begins with a line', () => {
  const tomorrow = message(2, { timestamp: '2026-11-22T09:01:00.000Z' })
  expect(shape([message(1), tomorrow])).toEqual(['m1 day', 'm2 day'])
})

test('the "New" line stands above the first message of somebody else that I had not read', () => {
  const messages = [message(1), message(2), message(3, { sender_id: ADA.id }), message(4), message(5)]
  expect(shape(messages, { read_seq: 2 })).toEqual(['m1 day', 'm2 more', 'm3', 'm4 new', 'm5 more'])
  expect(shape(messages)).not.toContain('m4 new')
})

test('the "New" line does not wander to what happens to be the first that is loaded', () => {
  const messages = [message(5), message(6)]
  expect(shape(messages, { read_seq: 2, more_before: true })).toEqual(['m5 day', 'm6 more'])
  expect(shape(messages, { read_seq: 4, more_before: true })).toEqual(['m5 day new', 'm6 more'])
  expect(shape(messages, { read_seq: 2 })).toEqual(['m5 day new', 'm6 more'])
})

test('a row that nothing happened to is the same object', () => {
  const rows = createRows()
  const entries = [message(1), message(2)].map(entry)
  const before = rows({ ...sources([]), entries })
  const after = rows({ ...sources([]), entries: [...entries, entry(message(3))] })
  expect(after[0]).toBe(before[0] as never)
  expect(after[1]).toBe(before[1] as never)
})

test('a row becomes another when what it quotes does, and only a reply asks for that', () => {
  const rows = createRows()
  const entries = [message(1), message(2, { reply_to: 'm9' })].map(entry)
  const quoting = (quoted: Message | null | undefined) => {
    const asked: string[] = []
    const tell = (id: string) => {
      asked.push(id)
      return quoted
    }
    const replies = { ...QUIET, quoted: tell }
    return { rows: rows({ ...sources([]), entries, replies }), asked }
  }
  const unknown = quoting(undefined)
  const known = quoting(message(9))
  expect(unknown.asked).toEqual(['m9'])
  expect(known.rows[0]).toBe(unknown.rows[0] as never)
  expect(known.rows[1]).not.toBe(unknown.rows[1] as never)
  expect(known.rows[1]?.quoted?.content).toBe('text 9')
  expect(quoting(null).rows[1]?.quoted).toBeNull()
})

test('what an agent does belongs to its row alone', () => {
  const rows = createRows()
  const entries = [message(1), reply(2)].map(entry)
  const before = rows({ ...sources([]), entries })
  const after = rows({ ...sources([]), entries, replies: { ...QUIET, activity: () => SEARCHING } })
  expect(after[0]).toBe(before[0] as never)
  expect(after[1]?.activity).toBe(SEARCHING)
})

test('days have names as people call them', () => {
  const today = new Date(2026, 10, 20, 12)
  expect(dayOf(new Date(2026, 10, 20, 0, 1), today)).toBe('Today')
  expect(dayOf(new Date(2026, 10, 19, 23, 59), today)).toBe('Yesterday')
  expect(dayOf(new Date(2026, 10, 12), today)).toContain('12')
  expect(dayOf(new Date(2025, 10, 20), today)).toContain('2025')
})

test('a screen reader hears that an answer began and the finished text, and nothing twice', () => {
  const news = createAnnouncer(ADA.id)
  const first = [message(1)]
  expect(news(first)).toEqual([])
  expect(news([...first, reply(2)])).toEqual(['Assistant is answering'])
  expect(news([...first, reply(2, { content: 'Hel' })])).toEqual([])
  expect(news([...first, reply(2, { status: 'complete', content: 'Hello' })])).toEqual(['Assistant: Hello'])
  expect(news([...first, message(3), message(4, { sender_id: ADA.id })])).toEqual(['Grace Hopper: text 3'])
})

test('a screen reader hears nothing of pages that are read later, and of an answer that ends among them', () => {
  const news = createAnnouncer(ADA.id)
  const quiet = () => null
  expect(news([message(1), reply(2)], quiet, false)).toEqual([])
  const answered = [message(1), reply(2, { status: 'complete', content: 'Hello' })]
  expect(news(answered, quiet, false)).toEqual(['Assistant: Hello'])
  expect(news([...answered, message(3), message(4)], quiet, false)).toEqual([])
  expect(news([...answered, message(3), message(4), message(5)], quiet, true)).toEqual([])
  expect(news([message(5), message(6)], quiet, true)).toEqual(['Grace Hopper: text 6'])
})

test('a screen reader hears once that something is looked up, and that a question is asked again', () => {
  const news = createAnnouncer(ADA.id)
  const looking = () => SEARCHING
  expect(news([message(1)])).toEqual([])
  expect(news([message(1), reply(2)], looking)).toEqual(['Assistant is answering'])
  expect(news([message(1), reply(2)], looking)).toEqual(['Assistant is searching…'])
  expect(news([message(1), reply(2)], looking)).toEqual([])
  expect(news([message(1), reply(2)], () => ({ state: 'writing', detail: null }))).toEqual([])
  expect(news([message(1), reply(2, { status: 'complete', content: 'One' })])).toEqual(['Assistant: One'])
  expect(news([message(1), reply(2)])).toEqual(['Assistant is answering'])
})
