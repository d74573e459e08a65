import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { EarlierText, Message, MessagePage } from '../../src/shared/messages.ts'
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

const edits = (who: Person, { id }: Message, content: unknown) =>
  who.call<{ message: Message; code: string }>('PATCH', `/api/messages/${id}`, { content })
const before = (who: Person, { id }: Message) =>
  who.call<{ edits: EarlierText[]; code: string }>('GET', `/api/messages/${id}/edits`)
/** What changed in the room, once the last thing said in it has arrived. */
async function changes() {
  const last = await ada.says(room, 'and that was all')
  await stream.sees('message.created', ({ data }) => data.message.id === last.id)
  return stream.all('message.updated').map(({ data }) => data.message)
}

describe('editing', () => {
  test('changes the text for everybody, keeps the hash and what was said before', async () => {
    const posted = await ada.says(room, 'helo @grace')
    const { status, body } = await edits(ada, posted, 'hello @ada')
    expect(status).toBe(200)
    expect(body.message).toEqual({
      ...posted,
      content: 'hello @ada',
      mentions: [ada.user.id],
      edited_at: expect.stringMatching(/Z$/),
    })
    expect(await changes()).toEqual([body.message])
    expect((await grace.reads(room))[0]).toEqual(body.message)

    await edits(ada, posted, 'hello')
    expect((await before(ada, posted)).body.edits).toEqual([
      { content: 'helo @grace', replaced_at: body.message.edited_at ?? '' },
      { content: 'hello @ada', replaced_at: expect.any(String) },
    ])
  })

  test('is not undone by reading the log from before', async () => {
    const { cursor } = await grace.must<MessagePage>('GET', `/api/rooms/${room.id}/messages`)
    const other = await ada.says(room, 'this stays')
    const posted = await ada.says(room, 'the password of @grace')
    await ada.must('PUT', `/api/messages/${posted.id}/pin`)
    await edits(ada, posted, 'the second password')
    const { body } = await edits(ada, posted, 'something else')

    const newcomer = await server.person('Newcomer')
    await newcomer.joins(room)
    for (const person of [grace, newcomer]) {
      const log = await person.must<{ events: { type: string; data: { message?: Message } }[] }>(
        'GET',
        `/api/events/poll?after=${cursor}&wait=0`,
      )
      expect(JSON.stringify(log)).not.toContain('password')
      const told = log.events.filter(({ type }) => type.startsWith('message.'))
      expect(told.map(({ type, data }) => [type, data.message])).toEqual([
        ['message.created', other],
        ['message.created', body.message],
        ['message.updated', body.message],
      ])
    }
  })

  test('to the same text changes nothing, however often, and tells nobody', async () => {
    const posted = await ada.says(room, 'as it is')
    expect((await edits(ada, posted, 'as it is')).body.message).toEqual(posted)
    const tries = await Promise.all(Array.from({ length: 10 }, () => edits(ada, posted, 'once')))
    expect(new Set(tries.map(({ body }) => JSON.stringify(body.message))).size).toBe(1)
    expect((await before(ada, posted)).body.edits.map(({ content }) => content)).toEqual(['as it is'])
    expect(await changes()).toHaveLength(1)
  })

  test('is for its author alone, and not while muted', async () => {
    const posted = await ada.says(room, 'mine')
    const hers = await grace.says(room, 'hers')
    await admin.joins(room)
    for (const who of [grace, admin]) {
      const refused = await edits(who, posted, 'theirs')
      expect([refused.status, refused.body.code]).toEqual([403, 'not_yours'])
    }
    await ada.must('PATCH', `/api/rooms/${room.id}/members/${grace.user.id}`, { is_muted: true })
    const refused = await edits(grace, hers, 'louder')
    expect([refused.status, refused.body.code]).toEqual([403, 'muted'])
    expect(await changes()).toEqual([])
  })

  test('refuses what could not be posted either', async () => {
    const posted = await ada.says(room, 'good')
    for (const content of [undefined, 1, null, '', ' \n ', 'a\0b', 'x'.repeat(16_001)])
      expect((await edits(ada, posted, content)).status).toBe(422)
    for (const id of ['nope', crypto.randomUUID()])
      expect((await ada.call('PATCH', `/api/messages/${id}`, { content: 'x' })).status).toBe(404)
    expect(await changes()).toEqual([])
  })

  test('may leave a picture without words', async () => {
    const { upload } = (await sends(ada, room, await png())).body
    const draft = { content: 'look', client_id: crypto.randomUUID(), attachment_ids: [upload.id] }
    const { message } = await ada.must<{ message: Message }>('POST', `/api/rooms/${room.id}/messages`, draft)
    expect((await edits(ada, message, '')).body.message).toMatchObject({ content: '', attachments: [upload] })
  })

  test('shows what was said before to its author and to admins in the room', async () => {
    const posted = await ada.says(room, 'first')
    await edits(ada, posted, 'second')
    const refused = await before(grace, posted)
    expect([refused.status, refused.body.code]).toEqual([403, 'not_yours'])
    expect((await before(admin, posted)).status).toBe(404)
    await admin.joins(room)
    expect((await before(admin, posted)).body.edits.map(({ content }) => content)).toEqual(['first'])
  })
})

describe('an answer', () => {
  const answered = (n = 1) =>
    stream.until(
      `answer ${n}`,
      () => stream.all('message.updated').filter(({ data }) => data.message.status === 'complete')[n - 1]?.data.message,
    )

  test('is stale once its question was edited, live and ever after, until it is asked for anew', async () => {
    const question = await ada.says(room, '@assistant what is 2 + 2?')
    const answer = await answered()
    expect(answer.ai).toMatchObject({ trigger_message_id: question.id, stale: false })
    await edits(ada, question, '@assistant what is 2 + 3?')
    await stream.sees('message.updated', ({ data }) => data.message.id === answer.id && data.message.ai?.stale === true)
    const stale = { ...answer, ai: { ...answer.ai, stale: true } }
    expect((await grace.reads(room)).at(-1)).toEqual(stale as Message)

    const told = stream.events.length
    await ada.must('POST', `/api/messages/${answer.id}/regenerate`, {})
    const anew = await stream.until('the new answer', () =>
      stream.events
        .slice(told)
        .flatMap(event => (event.type === 'message.updated' ? [event.data.message] : []))
        .find(({ status }) => status === 'complete'),
    )
    expect(anew.ai).toMatchObject({ version: 2, stale: false })
    const { versions } = await grace.must<{ versions: { ai: { stale: boolean } }[] }>(
      'GET',
      `/api/messages/${answer.id}/versions`,
    )
    expect(versions.map(({ ai }) => ai.stale)).toEqual([true, false])
  })

  test('is not woken by an edit that mentions the assistant', async () => {
    const posted = await ada.says(room, 'nothing for you')
    await edits(ada, posted, '@assistant and now?')
    expect(await changes()).toHaveLength(1)
    const next = await ada.says(room, '@assistant this is for you')
    expect((await answered(2)).ai?.trigger_message_id).toBe(next.id)
    expect((await grace.reads(room)).filter(({ sender_kind }) => sender_kind === 'agent')).toHaveLength(1)
  })

  test('is stale too once an earlier question changes that it was given along with, and by nothing else', async () => {
    const gate = Promise.withResolvers<void>()
    async function* pieces() {
      yield 'One '
      await gate.promise
    }
    server.provider?.next({ text: pieces() }, { text: ['Two and three.'] }, { text: ['Anew.'] })
    await ada.says(room, '@assistant one?')
    await stream.sees('message.delta')
    const two = await ada.says(room, '@assistant two?')
    const aside = await ada.says(room, 'by the way')
    const three = await ada.says(room, '@assistant three?')
    gate.resolve()
    const ended = (version = 1) =>
      stream.sees(
        'message.updated',
        ({ data: { message } }) =>
          message.ai?.trigger_message_id === three.id &&
          message.status === 'complete' &&
          message.ai.version === version,
      )
    const answer = (await ended()).data.message
    expect(answer.ai).toMatchObject({ covers: [two.id], stale: false })
    const stale = async () => (await grace.reads(room)).find(({ id }) => id === answer.id)?.ai?.stale
    await edits(ada, aside, 'by the other way')
    expect(await stale()).toBe(false)
    await edits(ada, two, '@assistant two, or four?')
    await stream.sees('message.updated', ({ data }) => data.message.id === answer.id && data.message.ai?.stale === true)
    expect(await stale()).toBe(true)
    await ada.must('POST', `/api/messages/${answer.id}/regenerate`, {})
    expect((await ended(2)).data.message.ai).toMatchObject({ covers: [two.id], stale: false })
    await ada.must('DELETE', `/api/messages/${two.id}`)
    expect(await stale()).toBe(true)
  })

  test('that is being written when its question changes is stale when it ends', async () => {
    const { provider } = server
    provider?.next({ text: ['Four', '.'], stallAt: 1 })
    const question = await ada.says(room, '@assistant what is 2 + 2?')
    const { data } = await stream.sees('message.delta')
    await edits(ada, question, '@assistant what is 2 + 3?')
    await ada.must('POST', `/api/messages/${data.message_id}/stop`)
    const ended = await stream.sees('message.updated', each => each.data.message.status === 'stopped')
    expect(ended.data.message.ai).toMatchObject({ stale: true })
  })
})
