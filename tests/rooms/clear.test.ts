import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Message, MessagePage } from '../../src/shared/messages.ts'
import type { Cleared, MyRoom, Room, RoomDetails } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { StreamReader } from '../support/stream.ts'

let server: TestServer
let admin: Person
let ada: Person
let grace: Person
let room: Room
let stream: StreamReader
beforeAll(async () => {
  server = await startTestServer()
  admin = await server.person('Admin')
  ada = await server.person('Ada')
  grace = await server.person('Grace')
})
afterAll(() => server.stop())
beforeEach(async () => {
  room = await ada.creates()
  await grace.joins(room)
  stream = await grace.listens(`/api/rooms/${room.id}/events`)
})
afterEach(() => grace.leaves())

const clears = (who: Person) => who.call<Cleared & { code: string }>('POST', `/api/rooms/${room.id}/clear`)
const mine = async (who: Person) => (await who.rooms()).find(({ id }) => id === room.id) as MyRoom
const details = (who: Person) => who.must<RoomDetails>('GET', `/api/rooms/${room.id}`)
const status = async (who: Person, method: string, path: string, body?: unknown) =>
  (await who.call(method, path, body)).status

describe('clearing', () => {
  test('takes all that was said from everybody, at once, and lets what comes be counted on', async () => {
    const said: Message[] = []
    for (const words of ['one', '@grace two', 'three']) said.push(await ada.says(room, words))
    const [first, second] = said as [Message, Message]
    await ada.must('PUT', `/api/messages/${first.id}/pin`)
    expect(await mine(grace)).toMatchObject({ unread_count: 3, mention_count: 1 })

    expect((await details(grace)).message_count).toBe(3)

    const answer = await clears(ada)
    expect((await details(grace)).message_count).toBe(0)
    expect([answer.status, answer.body]).toEqual([200, { cleared: 3 } as never])
    const { data } = await stream.sees('room.cleared')
    expect(data).toMatchObject({ room_id: room.id, before_seq: 4, room: { id: room.id, last_seq: 3, member_count: 2 } })
    expect(await mine(grace)).toMatchObject({ unread_count: 0, mention_count: 0, last_seq: 3 })

    const next = await ada.says(room, 'four')
    expect(next.seq).toBe(4)
    const page = await grace.must<MessagePage>('GET', `/api/rooms/${room.id}/messages`)
    expect([page.messages, page.has_more_before]).toEqual([[next], false])
    const around = await grace.must<MessagePage>('GET', `/api/rooms/${room.id}/messages?around=${next.id}`)
    expect([around.messages, around.has_more_before]).toEqual([[next], false])
    expect(await grace.reads(room, `?before=${next.id}`)).toEqual([])
    expect((await mine(grace)).unread_count).toBe(1)

    for (const anchor of ['before', 'after', 'around'])
      expect(await status(grace, 'GET', `/api/rooms/${room.id}/messages?${anchor}=${first.id}`)).toBe(404)
    expect(await status(grace, 'GET', `/api/messages/hash/${first.hash}`)).toBe(404)
    expect(await grace.must<unknown>('GET', `/api/rooms/${room.id}/pins`)).toEqual({ messages: [] })
    expect(await status(grace, 'PUT', `/api/rooms/${room.id}/read`, { message_id: second.id })).toBe(404)
    expect(await status(ada, 'PATCH', `/api/messages/${first.id}`, { content: 'back' })).toBe(404)
    expect(await status(ada, 'DELETE', `/api/messages/${first.id}`)).toBe(404)
    expect(await status(ada, 'PUT', `/api/messages/${first.id}/pin`)).toBe(404)
    const reply = { content: 'to what?', client_id: crypto.randomUUID(), reply_to: first.id }
    expect(await status(ada, 'POST', `/api/rooms/${room.id}/messages`, reply)).toBe(422)
  })

  test('is not undone by reading the log from before', async () => {
    const { cursor } = await grace.must<MessagePage>('GET', `/api/rooms/${room.id}/messages`)
    const secret = await ada.says(room, 'a secret')
    await ada.must('PATCH', `/api/messages/${secret.id}`, { content: 'another secret' })
    await clears(ada)
    const next = await ada.says(room, 'and that was all')
    const newcomer = await server.person('Newcomer')
    await newcomer.joins(room)
    const { events } = await newcomer.must<{ events: { type: string }[] }>(
      'GET',
      `/api/events/poll?after=${cursor}&wait=0`,
    )
    expect(JSON.stringify(events)).not.toContain('secret')
    expect(events.map(({ type }) => type).slice(0, 2)).toEqual(['room.cleared', 'message.created'])
    await stream.sees('message.created', ({ data }) => data.message.id === next.id)
  })

  test('is for the owner and admins, and nobody hears of it when there is nothing to clear', async () => {
    expect((await clears(ada)).body.cleared).toBe(0)
    await grace.says(room, 'mine')
    const refused = await clears(grace)
    expect([refused.status, refused.body.code]).toEqual([403, 'not_the_owner'])
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => clears(n % 2 ? admin : ada)))
    expect(answers.map(({ body }) => body.cleared).toSorted()).toEqual([0, 0, 0, 0, 0, 1])
    const last = await ada.says(room, 'and that was all')
    await stream.sees('message.created', ({ data }) => data.message.id === last.id)
    expect(stream.all('room.cleared').map(({ data }) => data.before_seq)).toEqual([2])
    expect(await grace.reads(room)).toEqual([last])
  })

  test('takes it from the assistant too', async () => {
    await ada.says(room, 'the word is xylophone')
    await clears(ada)
    await ada.says(room, '@assistant what is the word?')
    await stream.sees('message.updated', ({ data }) => data.message.status === 'complete')
    const read = JSON.stringify(server.provider?.requests)
    expect(read).toContain('what is the word?')
    expect(read).not.toContain('xylophone')
  })

  test('gives up an answer that is being written, of which nothing is said any more', async () => {
    const { cursor } = await grace.must<MessagePage>('GET', `/api/rooms/${room.id}/messages`)
    server.provider?.next({ text: ['Once upon ', 'a time'], stallAt: 1 })
    const aborted = server.provider?.nextAbort()
    await ada.says(room, '@assistant tell me a story')
    const { message_id } = (await stream.sees('message.delta')).data
    expect((await clears(ada)).body.cleared).toBe(2)
    await aborted
    const ended = await stream.sees('message.updated', ({ data }) => data.message.id === message_id)
    expect(ended.data.message).toMatchObject({ content: '', status: 'interrupted', seq: 2 })
    const log = await grace.must<unknown>('GET', `/api/events/poll?after=${cursor}&wait=0`)
    expect(JSON.stringify(log)).not.toContain('Once upon')
    expect(JSON.stringify(log)).not.toContain('a story')

    // The room goes on at once.
    await ada.says(room, '@assistant and now?')
    await stream.sees('message.updated', ({ data }) => data.message.seq === 4 && data.message.status === 'complete')
    expect((await grace.reads(room)).map(({ seq }) => seq)).toEqual([3, 4])
  })

  test('gives up an answer that was asked for anew and waits for its turn', async () => {
    server.provider?.next({ text: ['First.'] }, { text: ['Once upon ', 'a time'], stallAt: 1 })
    await ada.says(room, '@assistant begin')
    const first = await stream.sees('message.updated', ({ data }) => data.message.status === 'complete')
    await ada.says(room, '@assistant tell me a story')
    await stream.sees('message.delta', ({ data }) => data.message_id !== first.data.message.id)
    await ada.must('POST', `/api/messages/${first.data.message.id}/regenerate`, {})
    const asked = server.provider?.requests.length
    await clears(ada)
    const ended = await stream.sees(
      'message.updated',
      ({ data }) => data.message.id === first.data.message.id && data.message.status === 'interrupted',
    )
    expect(ended.data.message.content).toBe('')
    expect(server.provider?.requests.length).toBe(asked)
  })
})

describe('a description', () => {
  const describes = (who: Person, description: unknown) =>
    who.call<{ room: Room; code: string }>('PATCH', `/api/rooms/${room.id}`, { description })

  test('is empty at first, and seen by everybody once it is written', async () => {
    expect(room.description).toBe('')
    expect((await ada.creates({ description: 'From the start' })).description).toBe('From the start')
    const { status, body } = await describes(ada, ' What we are about ')
    expect([status, body.room.description]).toEqual([200, 'What we are about'])
    expect((await stream.sees('room.updated')).data.room).toEqual(body.room)
    expect((await mine(grace)).description).toBe('What we are about')
    await describes(ada, 'What we are about')
    expect((await describes(ada, '')).body.room.description).toBe('')
    await stream.sees('room.updated', ({ data }) => data.room.description === '')
    expect(stream.all('room.updated')).toHaveLength(2)
  })

  test('is for the owner to write, and not too long', async () => {
    for (const description of ['x'.repeat(251), 1, null, 'nul\0'])
      expect((await describes(ada, description)).status).toBe(422)
    expect((await describes(grace, 'mine')).status).toBe(403)
    expect((await mine(ada)).description).toBe('')
  })
})
