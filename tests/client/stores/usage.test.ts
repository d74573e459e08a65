import { expect, test } from 'bun:test'
import { createUsage } from '../../../src/client/stores/usage.ts'
import type { StreamEvent } from '../../../src/shared/events.ts'
import type { Message } from '../../../src/shared/messages.ts'
import { message, ROOM, reply } from '../conversation.ts'

function watched() {
  let asked = 0
  const ask = async () => {
    asked++
    const total = { answers: asked, prompt_tokens: 0, completion_tokens: 0, cost_usd: 0 }
    return { total, by_day: [], by_model: [], by_person: [] }
  }
  const usage = createUsage(ask, 5)
  const updated = (message: Message) =>
    usage.apply({ id: 'e-1', type: 'message.updated', data: { room_id: ROOM, message } } satisfies StreamEvent)
  return { usage, updated, asked: () => asked }
}
const ended = reply(2, { status: 'complete' })

test('is asked for when somebody looks, and not before', async () => {
  const { usage, updated, asked } = watched()
  updated(ended)
  await Bun.sleep(10)
  expect(asked()).toBe(0)
  usage.watch(true)
  usage.watch(true)
  await Bun.sleep(0)
  expect(asked()).toBe(1)
  expect(usage.sums?.total.answers).toBe(1)
})

test('is asked for once after replies that end together, not for what people write', async () => {
  const { usage, updated, asked } = watched()
  usage.watch(true)
  for (const one of [ended, ended, reply(3), message(4)]) updated(one)
  await Bun.sleep(20)
  expect(asked()).toBe(2)
  updated(message(5))
  updated(reply(6))
  await Bun.sleep(20)
  expect(asked()).toBe(2)
  updated(ended)
  usage.watch(false)
  await Bun.sleep(20)
  expect(asked()).toBe(2)
})

test('a failure is told and keeps what was known', async () => {
  const usage = createUsage(() => Promise.reject(new Error('No.')))
  usage.watch(true)
  await Bun.sleep(0)
  expect(usage.problem).toBe('No.')
  expect(usage.sums).toBeNull()
})
