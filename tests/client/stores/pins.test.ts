import { expect, test } from 'bun:test'
import { createPins } from '../../../src/client/stores/pins.ts'
import type { StreamEvent } from '../../../src/shared/events.ts'
import type { Message } from '../../../src/shared/messages.ts'
import { message, ROOM } from '../conversation.ts'

const pinned = (seq: number, minute: number) =>
  message(seq, { pinned_at: new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString(), pinned_by: 'ada' })
const event = (type: StreamEvent['type'], data: object) =>
  ({ id: 'e-2', type, data: { room_id: ROOM, ...data } }) as StreamEvent
const updated = (one: Message) => event('message.updated', { message: one })

async function open(...messages: Message[]) {
  const pins = createPins(async () => ({ messages }))
  await pins.load()
  return { pins, seqs: () => pins.all?.map(pin => pin.seq) }
}

test('what is pinned comes first, and what is unpinned goes', async () => {
  const { pins, seqs } = await open(pinned(3, 5), pinned(1, 2))
  pins.apply(updated(pinned(2, 9)))
  expect(seqs()).toEqual([2, 3, 1])
  pins.apply(updated(message(3)))
  expect(seqs()).toEqual([2, 1])
})

test('an edit shows and leaves the order as it is', async () => {
  const { pins, seqs } = await open(pinned(3, 5), pinned(1, 2))
  pins.apply(updated({ ...pinned(1, 2), content: 'other words' }))
  expect(seqs()).toEqual([3, 1])
  expect(pins.all?.[1]?.content).toBe('other words')
})

test('what is deleted or cleared away goes', async () => {
  const { pins, seqs } = await open(pinned(9, 7), pinned(3, 5), pinned(1, 2))
  pins.apply(event('message.deleted', { message_id: 'm3' }))
  expect(seqs()).toEqual([9, 1])
  pins.apply(event('room.cleared', { before_seq: 9 }))
  expect(seqs()).toEqual([9])
})

test('what happens while they are asked for is laid over the answer', async () => {
  const asked = Promise.withResolvers<{ messages: Message[] }>()
  const pins = createPins(() => asked.promise)
  const loading = pins.load()
  pins.apply(updated(pinned(2, 9)))
  asked.resolve({ messages: [pinned(1, 2)] })
  await loading
  expect(pins.all?.map(pin => pin.seq)).toEqual([2, 1])
})

test('a failure says why and can be tried again', async () => {
  let fails = true
  const pins = createPins(async () => {
    if (fails) throw new Error('No answer came.')
    return { messages: [pinned(1, 2)] }
  })
  await pins.load()
  expect([pins.problem, pins.all]).toEqual(['No answer came.', null])
  fails = false
  await pins.load()
  expect([pins.problem, pins.all?.length]).toEqual([null, 1])
})
