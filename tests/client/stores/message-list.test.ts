import { expect, test } from 'bun:test'
import { createMessageList, type Entry } from '../../../src/client/stores/message-list.ts'
import { ADA, message } from '../conversation.ts'

const mine = (seq: number, client_id: string, change = {}) =>
  message(seq, { sender_id: ADA.id, client_id, content: client_id, ...change })
const pending = (client_id: string): Entry => ({
  key: `${ADA.id}/${client_id}`,
  message: mine(9, client_id, { id: '', seq: Number.MAX_SAFE_INTEGER }),
  delivery: 'pending',
  problem: null,
  retriable: false,
})
const texts = (list: ReturnType<typeof createMessageList>) => list.entries().map(entry => entry.message.content)

test('messages stand in the order of the room, however they arrive', () => {
  const list = createMessageList()
  for (const seq of [3, 1, 2]) list.put(message(seq))
  expect(texts(list)).toEqual(['text 1', 'text 2', 'text 3'])
})

test('what is on its way stands last, in the order of writing', () => {
  const list = createMessageList()
  list.hold([pending('first'), pending('second')])
  list.put(message(1))
  expect(texts(list)).toEqual(['text 1', 'first', 'second'])
})

test('the answer and the event about a message make one row, in either order', () => {
  for (const arrivals of [1, 2, 3]) {
    const list = createMessageList()
    list.hold([pending('hello')])
    const [before] = list.entries()
    for (let i = 0; i < arrivals; i += 1) list.put(mine(1, 'hello'))
    expect(list.entries()).toHaveLength(1)
    expect(list.entries()[0]).toMatchObject({ delivery: 'sent', key: before?.key })
  }
})

test('the same client_id of somebody else is another message', () => {
  const list = createMessageList()
  list.hold([pending('hello')])
  list.put(message(1, { client_id: 'hello' }))
  expect(list.entries()).toHaveLength(2)
})

test('what is here already is not on its way any more, whoever says so', () => {
  const list = createMessageList()
  list.put(mine(1, 'hello'))
  list.hold([pending('hello'), pending('next')])
  expect(texts(list)).toEqual(['hello', 'next'])
})

test('a late "created" does not put a finished reply back to its beginning', () => {
  const list = createMessageList()
  list.put(message(1, { status: 'complete', content: 'done' }))
  list.put(message(1, { status: 'streaming', content: '' }))
  expect(texts(list)).toEqual(['done'])
})

test('another stretch of the room leaves what is on its way', () => {
  const list = createMessageList()
  list.put(message(1))
  list.hold([pending('hello')])
  list.replaceAll([message(7), message(8)])
  expect(texts(list)).toEqual(['text 7', 'text 8', 'hello'])
})

test('an entry that nothing happened to is the same object', () => {
  const list = createMessageList()
  list.put(message(1))
  const [before] = list.entries()
  list.put(message(2))
  expect(list.entries()[0]).toBe(before as never)
})
