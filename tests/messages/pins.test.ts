import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Message } from '../../src/shared/messages.ts'
import type { Room, RoomDetails } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { StreamReader } from '../support/stream.ts'

let server: TestServer
let ada: Person
let grace: Person
let room: Room
let stream: StreamReader
beforeAll(async () => {
  server = await startTestServer()
  ada = await server.person('Ada')
  grace = await server.person('Grace')
})
afterAll(() => server.stop())
beforeEach(async () => {
  room = await ada.creates({ ai_mode: 'off' })
  await grace.joins(room)
  stream = await grace.listens(`/api/rooms/${room.id}/events`)
})
afterEach(() => grace.leaves())

const call = (method: 'PUT' | 'DELETE', who: Person, { id }: { id: string }) =>
  who.call<{ message: Message; code: string }>(method, `/api/messages/${id}/pin`)
const pins = (who: Person, message: { id: string }) => call('PUT', who, message)
const unpins = (who: Person, message: { id: string }) => call('DELETE', who, message)
const pinned = async (who: Person) =>
  (await who.must<{ messages: Message[] }>('GET', `/api/rooms/${room.id}/pins`)).messages
/** What changed in the room, once the last thing said in it has arrived. */
async function changes() {
  const last = await ada.says(room, 'and that was all')
  await stream.sees('message.created', ({ data }) => data.message.id === last.id)
  return stream.all('message.updated').map(({ data }) => data.message)
}

describe('a pin', () => {
  test('is seen by everybody, the newest first, until somebody takes it out', async () => {
    const [first, second] = [await ada.says(room, 'one'), await ada.says(room, 'two')]
    expect(first).toMatchObject({ pinned_at: null, pinned_by: null })
    const later = await pins(grace, second)
    expect(later.status).toBe(200)
    expect(later.body.message).toEqual({
      ...second,
      pinned_at: expect.stringMatching(/Z$/) as unknown as string,
      pinned_by: grace.user.id,
    })
    const { message } = (await pins(ada, first)).body
    expect(await pinned(grace)).toEqual([message, later.body.message])
    expect((await grace.must<RoomDetails>('GET', `/api/rooms/${room.id}`)).pin_count).toBe(2)
    expect(await grace.reads(room)).toEqual([message, later.body.message])

    expect((await unpins(ada, second)).body.message).toEqual(second)
    expect(await pinned(grace)).toEqual([message])
    expect(await changes()).toEqual([later.body.message, message, second])
  })

  test('is there once, and stays that of who was first', async () => {
    const message = await ada.says(room, 'one')
    const tries = await Promise.all(Array.from({ length: 10 }, (_, n) => pins(n % 2 ? ada : grace, message)))
    expect(new Set(tries.map(({ body }) => JSON.stringify(body.message))).size).toBe(1)
    await Promise.all(Array.from({ length: 10 }, () => unpins(grace, message)))
    expect(await changes()).toHaveLength(2)
  })

  test('is one of fifty at most, however many try at once', async () => {
    const said = await Promise.all(Array.from({ length: 52 }, (_, n) => ada.says(room, `message ${n}`)))
    const answers = await Promise.all(said.map(message => pins(ada, message)))
    const refused = answers.filter(({ status }) => status === 409)
    expect(refused.map(({ body }) => body.code)).toEqual(['too_many_pins', 'too_many_pins'])
    const held = await pinned(grace)
    expect(held).toHaveLength(50)
    expect(held.map(({ pinned_at }) => pinned_at)).toEqual(
      held
        .map(({ pinned_at }) => pinned_at)
        .toSorted()
        .reverse(),
    )
    await unpins(ada, held[0] as Message)
    const left = said.find(({ id }) => held.every(each => each.id !== id)) as Message
    expect((await pins(ada, left)).status).toBe(200)
  })

  test('is for members who may speak, in what stands', async () => {
    const message = await ada.says(room, 'one')
    const stranger = await server.person('Stranger')
    expect((await pins(stranger, message)).status).toBe(404)
    expect((await stranger.call('GET', `/api/rooms/${room.id}/pins`)).status).toBe(404)
    for (const id of ['nope', crypto.randomUUID()]) expect((await pins(ada, { id })).status).toBe(404)
    await ada.must('PATCH', `/api/rooms/${room.id}/members/${grace.user.id}`, { is_muted: true })
    for (const muted of [await pins(grace, message), await unpins(grace, message)])
      expect([muted.status, muted.body.code]).toEqual([403, 'muted'])
    expect(await pinned(grace)).toEqual([])

    await pins(ada, message)
    await ada.must('DELETE', `/api/messages/${message.id}`)
    expect(await pinned(ada)).toEqual([])
    const late = await pins(ada, message)
    expect([late.status, late.body.code]).toEqual([409, 'message_deleted'])
  })
})
