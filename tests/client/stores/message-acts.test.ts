import { expect, test } from 'bun:test'
import { Refusal } from '../../../src/client/api.ts'
import { createMessageActs } from '../../../src/client/stores/message-acts.ts'
import { traceOf, withReaction } from '../../../src/client/stores/message-changes.ts'
import type { Message } from '../../../src/shared/messages.ts'
import { ADA, GRACE, message } from '../conversation.ts'

/** A timeline of one message, and a server whose answers wait to be given. */
function open(first: Message = message(1)) {
  let shown = first
  const told: string[] = []
  const asked: { what: string; answer: (message: Message) => void; refuse: (error: Error) => void }[] = []
  const call = (method: string, path: string) =>
    new Promise<{ message: Message }>((resolve, reject) => {
      const what = `${method} ${decodeURIComponent(path)}`
      asked.push({ what, answer: message => resolve({ message }), refuse: reject })
    })
  const acts = createMessageActs({
    api: { call: call as never },
    timeline: {
      find: () => shown,
      take: message => {
        shown = message
      },
      tell: (_, problem) => void told.push(problem),
    },
    me: ADA.id,
  })
  return { acts, asked, told, shown: () => shown }
}
const turn = () => new Promise(resolve => setTimeout(resolve))
const heart = (...user_ids: string[]) => [{ emoji: '❤️', user_ids }]

test('a reaction shows at once and stays as the server has it', async () => {
  const { acts, asked, shown } = open()
  const done = acts.react('m1', '❤️')
  expect(shown().reactions).toEqual(heart(ADA.id))
  await turn()
  expect(asked.map(each => each.what)).toEqual(['PUT /api/messages/m1/reactions/❤️'])
  asked[0]?.answer(message(1, { reactions: heart(GRACE.id, ADA.id) }))
  await done
  expect(shown().reactions).toEqual(heart(GRACE.id, ADA.id))
})

test('the same again takes it back', async () => {
  const { acts, asked, shown } = open(message(1, { reactions: heart(GRACE.id, ADA.id) }))
  void acts.react('m1', '❤️')
  expect(shown().reactions).toEqual(heart(GRACE.id))
  await turn()
  expect(asked[0]?.what).toStartWith('DELETE')
})

test('a refused reaction goes again, with words, and leaves what others did meanwhile', async () => {
  const { acts, asked, told, shown } = open()
  const done = acts.react('m1', '❤️')
  await turn()
  asked[0]?.refuse(new Refusal(409, { detail: 'Too many.' }))
  await done
  expect(shown().reactions).toEqual([])
  expect(told).toEqual(['Too many.'])
})

test('of several clicks the last one counts, whatever is answered meanwhile', async () => {
  const { acts, asked, shown } = open()
  const first = acts.react('m1', '❤️')
  const second = acts.react('m1', '❤️')
  await turn()
  expect(asked).toHaveLength(1)
  asked[0]?.answer(message(1, { reactions: heart(ADA.id) }))
  await first
  expect(shown().reactions).toEqual([])
  await turn()
  asked[1]?.answer(message(1))
  await second
  expect(shown().reactions).toEqual([])
})

test('a pin that is refused says why', async () => {
  const { acts, asked, told } = open()
  const done = acts.pin('m1', true)
  asked[0]?.refuse(new Refusal(409, { detail: 'A room holds at most 50.' }))
  await done
  expect(told).toEqual(['A room holds at most 50.'])
})

test('a deleted message is gone here before the stream says so', async () => {
  const { acts, asked, shown } = open(message(1, { reactions: heart(ADA.id) }))
  const done = acts.remove('m1')
  asked[0]?.answer(message(1))
  await done
  expect(shown()).toMatchObject({ content: '', reactions: [], deleted_at: expect.any(String) })
})

test('reactions keep the order of their first use', () => {
  const two = withReaction(message(1, { reactions: heart(GRACE.id) }), '🎉', ADA.id, true)
  expect(withReaction(two, '❤️', ADA.id, true).reactions).toEqual([
    { emoji: '❤️', user_ids: [GRACE.id, ADA.id] },
    { emoji: '🎉', user_ids: [ADA.id] },
  ])
  expect(withReaction(two, '🎉', ADA.id, false).reactions).toEqual(heart(GRACE.id))
})

test('nothing is left of a deleted message but its place', () => {
  const trace = traceOf(message(1, { pinned_at: '2026-11-20T10:00:00.000Z', pinned_by: ADA.id, mentions: [ADA.id] }))
  expect(trace).toMatchObject({ id: 'm1', content: '', pinned_at: null, pinned_by: null, mentions: [], ai: null })
})
