import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Message } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { StreamReader } from '../support/stream.ts'

let server: TestServer
let ada: Person
let grace: Person
let room: Room
let message: Message
let stream: StreamReader
beforeAll(async () => {
  server = await startTestServer()
  ada = await server.person('Ada')
  grace = await server.person('Grace')
})
afterAll(() => server.stop())
beforeEach(async () => {
  room = await ada.creates()
  await grace.joins(room)
  message = await ada.says(room, 'what do you think?')
  stream = await grace.listens(`/api/rooms/${room.id}/events`)
})
afterEach(() => grace.leaves())

const mark = (method: 'PUT' | 'DELETE', who: Person, emoji: string, { id } = message) =>
  who.call<{ message: Message; code: string }>(method, `/api/messages/${id}/reactions/${encodeURIComponent(emoji)}`)
const reacts = (who: Person, emoji: string, to = message) => mark('PUT', who, emoji, to)
const takesBack = (who: Person, emoji: string, from = message) => mark('DELETE', who, emoji, from)
/** What changed in the room, once the last thing said in it has arrived. */
async function changes() {
  const last = await ada.says(room, 'and that was all')
  await stream.sees('message.created', ({ data }) => data.message.id === last.id)
  return stream.all('message.updated').map(({ data }) => data.message.reactions)
}

describe('a reaction', () => {
  test('is seen by everybody, in the order of first use, and can be taken back', async () => {
    await reacts(grace, '👍')
    await reacts(ada, '🎉')
    const { status, body } = await reacts(ada, '👍')
    expect(status).toBe(200)
    const both = [
      { emoji: '👍', user_ids: [grace.user.id, ada.user.id] },
      { emoji: '🎉', user_ids: [ada.user.id] },
    ]
    expect(body.message).toEqual({ ...message, reactions: both })
    expect((await grace.reads(room))[0]).toEqual(body.message)

    expect((await takesBack(grace, '👍')).body.message.reactions).toEqual([
      { emoji: '🎉', user_ids: [ada.user.id] },
      { emoji: '👍', user_ids: [ada.user.id] },
    ])
    expect((await changes()).slice(2)).toEqual([
      both,
      [
        { emoji: '🎉', user_ids: [ada.user.id] },
        { emoji: '👍', user_ids: [ada.user.id] },
      ],
    ])
  })

  test('is there once, however often it is given or taken back', async () => {
    const given = await Promise.all(Array.from({ length: 10 }, () => reacts(grace, '👍')))
    expect(given.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect((await ada.reads(room))[0]?.reactions).toEqual([{ emoji: '👍', user_ids: [grace.user.id] }])
    await Promise.all(Array.from({ length: 10 }, () => takesBack(grace, '👍')))
    expect(await changes()).toEqual([[{ emoji: '👍', user_ids: [grace.user.id] }], []])
  })

  test.each([
    ['👨‍👩‍👧', '👨‍👩‍👧'],
    ['🇩🇪', '🇩🇪'],
    ['👍🏽', '👍🏽'],
    ['1️⃣', '1️⃣'],
    ['🏴‍☠️', '🏴‍☠️'],
    ['❤️', '❤️'],
    ['❤', '❤️'],
  ])('may be %s', async (given, kept) => {
    expect((await reacts(grace, given)).body.message.reactions).toEqual([{ emoji: kept, user_ids: [grace.user.id] }])
  })

  test.each([':thumbsup:', 'a', '1', '#', '👍👍', '👍 ', ' ', '<b>', '\u200d', '\ufe0f', '%', 'é', '👍a', '\0'])(
    'is not %j',
    async given => {
      for (const refused of [await reacts(grace, given), await takesBack(grace, given)])
        expect([refused.status, refused.body.code]).toEqual([422, 'not_an_emoji'])
      expect((await ada.call('PUT', `/api/messages/${message.id}/reactions/%E0%A4`)).status).toBeLessThan(500)
      expect(await changes()).toEqual([])
    },
  )

  test('comes in at most twenty kinds on a message', async () => {
    const faces = Array.from({ length: 21 }, (_, n) => String.fromCodePoint(0x1f600 + n))
    const answers = await Promise.all(faces.map((face, n) => reacts(n % 2 ? ada : grace, face)))
    const refused = answers.filter(({ status }) => status === 409)
    expect(refused.map(({ body }) => body.code)).toEqual(['too_many_reactions'])
    const [{ reactions } = message] = await ada.reads(room)
    expect(reactions).toHaveLength(20)
    for (const { emoji } of reactions) expect((await reacts(ada, emoji)).status).toBe(200)
  })

  test('is for members who may speak, about what stands', async () => {
    const stranger = await server.person('Stranger')
    expect((await reacts(stranger, '👍')).status).toBe(404)
    expect((await reacts(ada, '👍', { ...message, id: 'nope' })).status).toBe(404)
    await ada.must('PATCH', `/api/rooms/${room.id}/members/${grace.user.id}`, { is_muted: true })
    const muted = await reacts(grace, '👍')
    expect([muted.status, muted.body.code]).toEqual([403, 'muted'])

    await reacts(ada, '👍')
    await ada.must('DELETE', `/api/messages/${message.id}`)
    const late = await reacts(ada, '🎉')
    expect([late.status, late.body.code]).toEqual([409, 'message_deleted'])
    expect((await ada.reads(room))[0]?.reactions).toEqual([])
  })

  test('to an answer that is being written does not begin it anew', async () => {
    server.provider?.next({ text: ['Once upon a time ', 'there was'], stallAt: 1 })
    await ada.says(room, '@assistant tell me a story')
    const { message_id: id } = (await stream.sees('message.delta')).data
    const asked = server.provider?.requests.length
    expect((await reacts(grace, '👍', { ...message, id })).status).toBe(200)
    await ada.must('POST', `/api/messages/${id}/stop`)
    const { data } = await stream.sees('message.updated', each => each.data.message.status === 'stopped')
    expect(data.message).toMatchObject({ content: 'Once upon a time ', reactions: [{ emoji: '👍' }] })
    await changes()
    expect(server.provider?.requests.length).toBe(asked as number)
  })
})
