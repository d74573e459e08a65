import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Message, MessageVersion } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import { RoomUsage } from '../../src/shared/usage.ts'
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { StreamReader } from '../support/stream.ts'

let provider: FakeProvider
let server: TestServer
let admin: Person
let owner: Person
let asker: Person
let other: Person
let room: Room
let stream: StreamReader

beforeAll(async () => {
  provider = await startFakeProvider()
  server = await startTestServer({ provider })
  admin = await server.person('Admin')
  owner = await server.person('Owner')
  asker = await server.person('Asker')
  other = await server.person('Other')
})
afterAll(async () => {
  await server.stop()
  await provider.stop()
})
beforeEach(async () => {
  room = await owner.creates()
  for (const person of [admin, asker, other]) await person.joins(room)
  stream = await other.listens(`/api/rooms/${room.id}/events`)
})
afterEach(() => other.leaves())

/** An answer that has begun and would go on for ever. */
async function endless(): Promise<Message> {
  provider.next({ text: ['Once upon a time ', 'there was'], stallAt: 1 })
  const asked = await asker.says(room, '@assistant tell me a story')
  const { data } = await stream.sees('message.delta', event => event.data.text.startsWith('Once'))
  const message = (await other.reads(room)).find(each => each.id === data.message_id) as Message
  expect(message.ai?.trigger_message_id).toBe(asked.id)
  return message
}
const stop = (who: Person, { id }: Message) =>
  who.call<{ message: Message; code: string }>('POST', `/api/messages/${id}/stop`)
const again = (who: Person, { id }: Message, body?: unknown) =>
  who.call<{ message: Message; code: string }>('POST', `/api/messages/${id}/regenerate`, body ?? {})
/** The message once it has ended for the nth time. */
const ended = (n: number) =>
  stream.until(
    `end ${n}`,
    () => stream.all('message.updated').filter(event => event.data.message.status !== 'streaming')[n - 1]?.data.message,
  )

describe('stopping', () => {
  test('ends the request at once, keeps the text, and says who and when', async () => {
    const message = await endless()
    const aborted = provider.nextAbort()
    const answer = await stop(asker, message)
    await aborted
    expect(answer.status).toBe(200)
    expect(answer.body.message).toMatchObject({
      id: message.id,
      status: 'stopped',
      content: 'Once upon a time ',
      ai: { stopped_by: asker.user.id, error: null, response_ms: expect.any(Number) },
    })
    expect(await ended(1)).toEqual(answer.body.message)
    expect((await other.reads(room)).at(-1)).toEqual(answer.body.message)

    // The room goes on: the next question is answered.
    await asker.says(room, '@assistant and now?')
    expect((await ended(2)).status).toBe('complete')
  })

  test('is for who asked, the owner and admins; twice is as good as once', async () => {
    for (const who of [owner, admin]) {
      const message = await endless()
      const refused = await stop(other, message)
      expect([refused.status, refused.body.code]).toEqual([403, 'not_yours_to_stop'])
      expect((await stop(who, message)).body.message).toMatchObject({
        status: 'stopped',
        ai: { stopped_by: who.user.id },
      })
      expect((await stop(asker, message)).body.message).toMatchObject({ ai: { stopped_by: who.user.id } })
      other.leaves()
      stream = await other.listens(`/api/rooms/${room.id}/events`)
    }
  })

  test('is refused for what is no answer, and unknown to strangers', async () => {
    const said = await asker.says(room, 'hello')
    expect((await stop(asker, said)).status).toBe(409)
    const stranger = await server.person('Stranger')
    expect((await stop(stranger, said)).status).toBe(404)
    expect((await again(stranger, said)).status).toBe(404)
    expect((await stranger.call('GET', `/api/messages/${said.id}/versions`)).status).toBe(404)
  })
})

describe('asking again', () => {
  test('keeps every version for everybody, and the chosen one stays in context', async () => {
    provider.next({ text: 'The first answer.' }, { text: 'The second answer.' })
    const question = await asker.says(room, '@assistant answer me')
    const first = await ended(1)
    const emptied = await again(other, first, { model_id: 'fake/large' })
    expect(emptied.body.message).toMatchObject({
      id: first.id,
      seq: first.seq,
      status: 'streaming',
      content: '',
      ai: { version: 2, version_count: 2, requested_by: other.user.id, model_id: 'fake/large' },
    })
    const second = await ended(2)
    expect(second).toMatchObject({ id: first.id, status: 'complete', content: 'The second answer.' })
    expect(second.ai).toMatchObject({ version: 2, version_count: 2, trigger_message_id: question.id })
    expect(provider.requests.at(-1)?.body.model).toBe('fake/large')
    expect(JSON.stringify(provider.requests.at(-1)?.body.messages)).not.toContain('The first answer')

    const { versions } = await asker.must<{ versions: MessageVersion[] }>('GET', `/api/messages/${first.id}/versions`)
    expect(versions.map(each => [each.version, each.content])).toEqual([
      [1, 'The first answer.'],
      [2, 'The second answer.'],
    ])

    const chosen = await asker.must<{ message: Message }>('PUT', `/api/messages/${first.id}/version`, { version: 1 })
    expect(chosen.message).toMatchObject({ content: 'The first answer.', ai: { version: 1, version_count: 2 } })
    expect((await ended(3)).content).toBe('The first answer.')
    await asker.says(room, '@assistant go on')
    await ended(4)
    const prompt = JSON.stringify(provider.requests.at(-1)?.body.messages)
    expect(prompt).toContain('The first answer.')
    expect(prompt).not.toContain('The second answer.')
    expect((await asker.call('PUT', `/api/messages/${first.id}/version`, { version: 7 })).status).toBe(404)
  })

  test('is refused while it is being written, for an unknown model, and where AI is off', async () => {
    const message = await endless()
    expect((await again(asker, message)).body.code).toBe('still_streaming')
    await stop(asker, message)
    expect((await again(asker, message, { model_id: 'no/such' })).status).toBe(422)
    await owner.must('PATCH', `/api/rooms/${room.id}`, { ai_mode: 'off' })
    expect((await again(asker, message)).body.code).toBe('ai_off')
  })

  test('can be stopped too', async () => {
    await asker.says(room, '@assistant quick')
    const first = await ended(1)
    provider.next({ text: ['Endless ', 'again'], stallAt: 1 })
    await again(asker, first)
    await stream.sees('message.delta', event => event.data.text === 'Endless ')
    expect((await stop(asker, first)).body.message).toMatchObject({ status: 'stopped', content: 'Endless ' })
  })
})

test('what was used is summed by day, model and person', async () => {
  provider.next({ text: 'a', usage: { prompt_tokens: 100, completion_tokens: 10, cost: 0.02 } })
  await asker.says(room, '@assistant one')
  const first = await ended(1)
  provider.next({ text: 'b', usage: { prompt_tokens: 200, completion_tokens: 20, cost: 0.03 } })
  await again(owner, first, { model_id: 'fake/large' })
  await ended(2)
  const usage = RoomUsage.parse(await other.must('GET', `/api/rooms/${room.id}/usage`))
  expect(usage.total).toEqual({ answers: 2, prompt_tokens: 300, completion_tokens: 30, cost_usd: 0.05 })
  expect(usage.by_day).toHaveLength(30)
  expect(usage.by_day.at(-1)).toMatchObject({ day: new Date().toISOString().slice(0, 10), answers: 2 })
  expect(usage.by_model).toHaveLength(2)
  expect(usage.by_person.map(each => [each.user.id, each.cost_usd])).toEqual([
    [owner.user.id, 0.03],
    [asker.user.id, 0.02],
  ])
  const stranger = await server.person('Curious')
  expect((await stranger.call('GET', `/api/rooms/${room.id}/usage`)).status).toBe(404)
})

describe('a question that is taken back while it waits', () => {
  const answers = async () => (await other.reads(room)).filter(({ sender_kind }) => sender_kind === 'agent')
  const deletes = (person: Person, { id }: Message) => person.must('DELETE', `/api/messages/${id}`)
  /** Ends what is being written, lets what waits have its turn, and has one more question answered. */
  async function nothingMore(message: Message) {
    await stop(asker, message)
    provider.next({ text: ['The end.'] })
    const last = await owner.says(room, '@assistant is that all?')
    await stream.sees('message.updated', event => event.data.message.content === 'The end.')
    return last
  }

  test('is not answered', async () => {
    const first = await endless()
    const asked = provider.requests.length
    await deletes(other, await other.says(room, '@assistant what is the word?'))
    const last = await nothingMore(first)
    expect((await answers()).map(({ ai }) => ai?.trigger_message_id)).toEqual([
      first.ai?.trigger_message_id ?? '',
      last.id,
    ])
    expect(JSON.stringify(provider.requests.slice(asked))).not.toContain('what is the word?')
  })

  test('leaves those before it to be answered', async () => {
    const first = await endless()
    const earlier = await asker.says(room, '@assistant what is the way?')
    const middle = await owner.says(room, '@assistant what is the time?')
    const latest = await other.says(room, '@assistant what is the word?')
    await deletes(other, latest)
    provider.next({ text: ['It is noon.'] })
    await stop(asker, first)
    const { data } = await stream.sees('message.updated', event => event.data.message.content === 'It is noon.')
    expect(data.message.ai?.trigger_message_id).toBe(middle.id)
    const read = JSON.stringify(provider.requests.at(-1))
    expect(read).toContain('what is the way?')
    expect(read).not.toContain('what is the word?')
    // Both are settled with that one answer.
    provider.next({ text: ['The end.'] })
    await owner.says(room, '@assistant is that all?')
    await stream.sees('message.updated', event => event.data.message.content === 'The end.')
    expect((await answers()).map(({ ai }) => ai?.trigger_message_id)).not.toContain(earlier.id)
    expect(await answers()).toHaveLength(3)
  })

  test('is not answered either when the room was cleared', async () => {
    await endless()
    await other.says(room, '@assistant what is the word?')
    await owner.must('POST', `/api/rooms/${room.id}/clear`)
    await stream.sees('message.updated', event => event.data.message.status === 'interrupted')
    provider.next({ text: ['The end.'] })
    const last = await owner.says(room, '@assistant is that all?')
    await stream.sees('message.updated', event => event.data.message.content === 'The end.')
    expect((await answers()).map(({ ai }) => ai?.trigger_message_id)).toEqual([last.id])
  })
})
