import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Message, MessageInRoom } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { png, sends } from '../support/pictures.ts'
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

const deletes = (who: Person, { id }: { id: string }) => who.call<{ code: string }>('DELETE', `/api/messages/${id}`)
const found = async (who: Person, { id }: Message) => (await who.reads(room)).find(each => each.id === id)
const ended = (status = 'complete') =>
  stream.until(
    'the answer',
    () => stream.all('message.updated').find(({ data }) => data.message.status === status)?.data.message,
  )
const pictures = () => {
  try {
    return readdirSync(join(server.dataDir, 'uploads/chat-images')).length
  } catch {
    return 0
  }
}

describe('deleting', () => {
  test('leaves a trace in its place, for everybody, and nothing of what it said', async () => {
    const { upload } = (await sends(ada, room, await png())).body
    const draft = { content: 'a secret for @grace', client_id: crypto.randomUUID(), attachment_ids: [upload.id] }
    const { message } = await ada.must<{ message: Message }>('POST', `/api/rooms/${room.id}/messages`, draft)
    await ada.must('PATCH', `/api/messages/${message.id}`, { content: 'a better secret for @grace' })
    const reply = await grace.says(room, 'ah!', { reply_to: message.id })
    const files = pictures()

    expect((await deletes(ada, message)).status).toBe(204)
    const { data } = await stream.sees('message.deleted')
    expect(data).toEqual({ room_id: room.id, message_id: message.id })
    const trace = await found(grace, message)
    expect(trace).toEqual({
      ...message,
      content: '',
      mentions: [],
      attachments: [],
      edited_at: expect.any(String),
      deleted_at: expect.stringMatching(/Z$/),
    } as unknown as Message)
    expect((await found(grace, reply))?.reply_to).toBe(message.id)
    const link = await grace.must<MessageInRoom>('GET', `/api/messages/hash/${message.hash}`)
    expect(link.message).toEqual(trace as Message)
    expect(await ada.must<unknown>('GET', `/api/messages/${message.id}/edits`)).toEqual({ edits: [] })
    expect(pictures()).toBe(files - 1)
    expect((await fetch(server.url + upload.url, { headers: ada.headers })).status).toBe(404)

    const retried = await ada.call<{ message: Message }>('POST', `/api/rooms/${room.id}/messages`, draft)
    expect([retried.status, retried.body.message]).toEqual([200, trace as Message])
    expect((await grace.rooms()).find(({ id }) => id === room.id)).toMatchObject({ unread_count: 0, mention_count: 0 })
  })

  test('is not undone by reading the log from before', async () => {
    const kept = await ada.says(room, 'this stays')
    const { cursor } = await grace.must<{ cursor: string }>('GET', `/api/rooms/${kept.room_id}/messages`)
    const message = await ada.says(room, 'a secret')
    await ada.must('PATCH', `/api/messages/${message.id}`, { content: 'another secret' })
    const after = await ada.says(room, 'this stays too')
    await deletes(ada, message)

    const newcomer = await server.person('Newcomer')
    await newcomer.joins(room)
    const log = await newcomer.must<{ events: { type: string; data: { message?: Message } }[] }>(
      'GET',
      `/api/events/poll?after=${cursor}&wait=0`,
    )
    expect(JSON.stringify(log)).not.toContain('secret')
    const trace = await found(newcomer, message)
    expect(log.events.slice(0, 3).map(({ type, data }) => [type, data.message])).toEqual([
      ['message.created', trace],
      ['message.created', after],
      ['message.deleted', undefined],
    ])
  })

  test('twice, or many times at once, is told once', async () => {
    const message = await ada.says(room, 'gone')
    const answers = await Promise.all(Array.from({ length: 8 }, () => deletes(ada, message)))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(204))
    const last = await ada.says(room, 'and that was all')
    await stream.sees('message.created', ({ data }) => data.message.id === last.id)
    expect(stream.all('message.deleted')).toHaveLength(1)
    expect(stream.all('message.updated')).toHaveLength(0)
  })

  test('is for the author, the owner of the room and admins in it', async () => {
    const [first, second, third] = [
      await grace.says(room, 'one'),
      await grace.says(room, 'two'),
      await ada.says(room, 'three'),
    ]
    const refused = await deletes(grace, third)
    expect([refused.status, refused.body.code]).toEqual([403, 'not_yours'])
    expect((await deletes(admin, third)).status).toBe(404)
    await admin.joins(room)
    for (const [who, message] of [
      [ada, first],
      [grace, second],
      [admin, third],
    ] as const)
      expect((await deletes(who, message)).status).toBe(204)
    for (const id of ['nope', crypto.randomUUID()]) expect((await deletes(ada, { id })).status).toBe(404)
  })

  test('leaves nothing to edit', async () => {
    const message = await ada.says(room, 'gone')
    await deletes(ada, message)
    const refused = await ada.call<{ code: string }>('PATCH', `/api/messages/${message.id}`, { content: 'back' })
    expect([refused.status, refused.body.code]).toEqual([409, 'message_deleted'])
    expect((await found(ada, message))?.content).toBe('')
  })
})

describe('an answer', () => {
  test('is stale once its question was deleted, and the assistant reads that no more', async () => {
    const secret = await ada.says(room, 'the word is xylophone')
    server.provider?.next({ text: ['I know it.'] })
    const question = await ada.says(room, '@assistant what is the word?')
    const answer = await ended()
    await deletes(ada, secret)
    await deletes(ada, question)
    await stream.sees('message.updated', ({ data }) => data.message.id === answer.id && data.message.ai?.stale === true)

    const asked = server.provider?.requests.length ?? 0
    await ada.says(room, '@assistant and now?')
    await stream.until('the next answer', () =>
      stream
        .all('message.updated')
        .find(({ data }) => data.message.id !== answer.id && data.message.status === 'complete'),
    )
    const read = JSON.stringify(server.provider?.requests.slice(asked))
    expect(read).toContain('and now?')
    expect(read).not.toContain('xylophone')
    expect(read).not.toContain('what is the word?')
  })

  test('is deleted with all its versions, but not while it is being written', async () => {
    server.provider?.next({ text: ['Once upon a time ', 'there was'], stallAt: 1 })
    await ada.says(room, '@assistant tell me a story')
    const { message_id: id } = (await stream.sees('message.delta')).data
    const refused = await deletes(ada, { id })
    expect([refused.status, refused.body.code]).toEqual([409, 'still_streaming'])
    await ada.must('POST', `/api/messages/${id}/stop`)
    await ended('stopped')

    expect((await deletes(ada, { id })).status).toBe(204)
    await stream.sees('message.deleted')
    const trace = (await grace.reads(room)).find(each => each.id === id)
    expect(trace).toMatchObject({ content: '', ai: null, sender_kind: 'agent', deleted_at: expect.any(String) })
    for (const [method, path] of [
      ['GET', 'versions'],
      ['POST', 'regenerate'],
    ] as const)
      expect((await ada.call(method, `/api/messages/${id}/${path}`, method === 'GET' ? undefined : {})).status).toBe(
        409,
      )
  })
})
