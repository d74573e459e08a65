import { expect, test } from 'bun:test'
import { Refusal } from '../../../src/client/api.ts'
import { createMessageActs } from '../../../src/client/stores/message-acts.ts'
import { traceOf } from '../../../src/client/stores/message-changes.ts'
import { withReaction } from '../../../src/client/stores/reactions.ts'
import type { Message } from '../../../src/shared/messages.ts'
import { ADA, GRACE, message, ROOM } from '../conversation.ts'

type Parts = Partial<{ entries: Message[]; more_before: boolean; page: Message[] }>

/** A timeline of one message, and a server whose answers wait to be given. */
function open(first: Message = message(1), { entries = [first], more_before = false, page = [] }: Parts = {}) {
  let shown = first
  const told: string[] = []
  const marked: (string | null)[] = []
  const lines: number[] = []
  const asked: { what: string; answer: (message: Message) => void; refuse: (error: Error) => void }[] = []
  const call = (method: string, path: string) =>
    new Promise<{ message: Message }>((resolve, reject) => {
      const what = `${method} ${decodeURIComponent(path)}`
      asked.push({ what, answer: message => resolve({ message }), refuse: reject })
    })
  const acts = createMessageActs({
    api: {
      call: call as never,
      messages: async () => ({ messages: page, quoted: [], has_more_before: false, has_more_after: true, cursor: '' }),
    },
    rooms: {
      async markUnread(_, last_read) {
        marked.push(last_read?.id ?? null)
      },
    },
    line: seq => void lines.push(seq),
    timeline: {
      room_id: ROOM,
      entries: () =>
        entries.map(entry => ({ key: entry.id, message: entry, delivery: 'sent', problem: null, retriable: false })),
      more: { before: more_before, after: false },
      find: () => shown,
      take: message => {
        shown = message
      },
      tell: (_, problem) => void (problem && told.push(problem)),
    },
    me: ADA.id,
  })
  return { acts, asked, lines, marked, told, shown: () => shown }
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

test('a pin that is refused changes nothing', async () => {
  const { acts, asked, shown } = open()
  const done = acts.pin('m1', true)
  asked[0]?.refuse(new Refusal(409, { detail: 'A room holds at most 50.' }))
  await expect(done).rejects.toThrow('A room holds at most 50.')
  expect(shown()).toEqual(message(1))
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

test('from a message on it is unread: what precedes it is read, loaded or not', async () => {
  const all = [message(4), message(5), message(6)]
  const middle = open(all[1], { entries: all })
  await middle.acts.unread('m5')
  expect([middle.marked, middle.lines]).toEqual([['m4'], [4]])
  const edge = open(all[0], { entries: all, more_before: true, page: [message(3)] })
  await edge.acts.unread('m4')
  expect([edge.marked, edge.lines]).toEqual([['m3'], [3]])
  const first = open(all[0], { entries: all })
  await first.acts.unread('m4')
  expect([first.marked, first.lines]).toEqual([[null], [0]])
})
