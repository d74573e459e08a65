import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { ContentPart } from '../../src/server/agents/providers/provider.ts'
import type { Message, Upload } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts'
import type { Person } from '../support/person.ts'
import { onDisk, png, sends } from '../support/pictures.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let provider: FakeProvider
let server: TestServer
let ada: Person
let grace: Person
let stranger: Person
let room: Room
beforeAll(async () => {
  provider = await startFakeProvider()
  server = await startTestServer({ provider })
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  stranger = await server.person('Stranger')
})
afterAll(async () => {
  await server.stop()
  await provider.stop()
})
beforeEach(async () => {
  room = await ada.creates({ model_id: 'fake/large' })
  await grace.joins(room)
})
afterEach(() => ada.leaves())

async function uploadOf(person: Person, where: { id: string } = room, name = 'picture.png'): Promise<Upload> {
  const { status, body } = await sends(person, where, await png(), name)
  if (status !== 201) throw new Error(`the upload answered ${status}: ${body.detail}`)
  return body.upload
}
type Draft = { content?: string; client_id?: string; attachment_ids?: unknown; reply_to?: string }
const posts = (person: Person, draft: Draft) =>
  person.call<{ message: Message; code: string }>('POST', `/api/rooms/${room.id}/messages`, {
    content: '',
    client_id: crypto.randomUUID(),
    ...draft,
  })
const status = async (person: Person, url: string) =>
  (await fetch(server.url + url, { headers: person.headers })).status

describe('a message with pictures', () => {
  test('takes them along when it is cleared away; what is posted after that is seen', async () => {
    const [cleared, unposted] = [await uploadOf(grace), await uploadOf(grace)]
    await posts(grace, { attachment_ids: [cleared.id] })
    expect(await status(ada, cleared.url)).toBe(200)
    await ada.must('POST', `/api/rooms/${room.id}/clear`)
    for (const person of [ada, grace]) expect(await status(person, cleared.url)).toBe(404)
    expect(await status(grace, unposted.url)).toBe(200)
    await posts(grace, { attachment_ids: [unposted.id] })
    expect(await status(ada, unposted.url)).toBe(200)
  })

  test('needs no words, and shows them in the order of its author to everybody, from now on', async () => {
    const stream = await ada.listens(`/api/rooms/${room.id}/events`)
    const [first, second, third] = [await uploadOf(grace), await uploadOf(grace), await uploadOf(grace)]
    const attachment_ids = [third.id, first.id, second.id]
    const { status, body } = await posts(grace, { attachment_ids })
    expect(status).toBe(201)
    expect(body.message).toMatchObject({ content: '', attachments: [third, first, second] })
    const seen = (await stream.sees('message.created')).data.message
    expect(seen.attachments).toEqual([third, first, second])
    expect((await ada.reads(room)).at(-1)?.attachments).toEqual([third, first, second])
  })

  test('is posted once, however often it is sent', async () => {
    const upload = await uploadOf(ada)
    const draft = { content: 'look', client_id: 'the same', attachment_ids: [upload.id] }
    const answers = await Promise.all([posts(ada, draft), posts(ada, draft), posts(ada, draft)])
    expect(answers.map(answer => answer.status).sort()).toEqual([200, 200, 201])
    expect(new Set(answers.map(({ body }) => body.message.id)).size).toBe(1)
    for (const { body } of answers) expect(body.message.attachments).toEqual([upload])
    expect(await ada.reads(room)).toHaveLength(1)
  })

  test('takes none that belongs to somebody else, another room or another message, and is not posted without', async () => {
    const elsewhere = await ada.creates()
    const posted = await uploadOf(ada)
    await posts(ada, { attachment_ids: [posted.id] })
    const own = await uploadOf(ada)
    const before = await ada.reads(room)
    const wrong = [await uploadOf(grace), await uploadOf(ada, elsewhere), posted, { id: Bun.randomUUIDv7() }]
    for (const { id } of wrong) {
      const answer = await posts(ada, { content: 'look', attachment_ids: [own.id, id] })
      expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ path: 'attachment_ids' }] }])
    }
    expect(await ada.reads(room)).toEqual(before)
    // Nothing of it stuck: its own picture is still free, and the next number was not used up.
    const { body } = await posts(ada, { attachment_ids: [own.id] })
    expect(body.message).toMatchObject({ attachments: [own], seq: (before.at(-1)?.seq ?? 0) + 1 })
  })

  test('is refused when it is empty, names a picture twice or brings too many', async () => {
    const { id } = await uploadOf(ada)
    const eleven = Array.from({ length: 11 }, () => Bun.randomUUIDv7())
    for (const attachment_ids of [[], undefined, [id, id], eleven, 'x', [1], ['../../chat.db']])
      expect((await posts(ada, { attachment_ids })).status).toBe(422)
    expect(await ada.reads(room)).toEqual([])
  })

  test('is seen by the assistant', async () => {
    const stream = await ada.listens(`/api/rooms/${room.id}/events`)
    const upload = await uploadOf(ada, room, 'our graph.png')
    await posts(ada, { content: '@assistant what is it?', attachment_ids: [upload.id] })
    await stream.sees('message.updated')
    const parts = provider.requests.at(-1)?.body.messages.at(-1)?.content as ContentPart[]
    expect(parts.map(part => part.type)).toEqual(['text', 'image_url'])
    expect(JSON.stringify(parts[0])).toContain('our graph.png, 4×3; shown below')
    expect(JSON.stringify(parts[1])).toContain('data:image/png;base64,')
  })
})

describe('who may', () => {
  test('send: members who are not muted', async () => {
    const before = onDisk(server).files('chat-images').length
    expect(await sends(stranger, room, await png())).toMatchObject({ status: 404, body: { code: 'room_not_found' } })
    onDisk(server).query(
      'UPDATE room_members SET is_muted = 1 WHERE room_id = ? AND user_id = ?',
      room.id,
      grace.user.id,
    )
    expect(await sends(grace, room, await png())).toMatchObject({ status: 403, body: { code: 'muted' } })
    expect((await sends(ada, { id: 'no id' }, await png())).status).toBe(422)
    expect((await sends(ada, { id: Bun.randomUUIDv7() }, await png())).status).toBe(404)
    const anonymous = await fetch(`${server.url}/api/upload`, { method: 'POST', body: new FormData() })
    expect(anonymous.status).toBe(401)
    expect(onDisk(server).files('chat-images')).toHaveLength(before)
  })

  test('see: members, for as long as they are', async () => {
    const { url } = await uploadOf(ada)
    expect([await status(ada, url), await status(grace, url), await status(stranger, url)]).toEqual([200, 200, 404])
    await grace.must('POST', `/api/rooms/${room.id}/leave`)
    expect(await status(grace, url)).toBe(404)
    expect((await fetch(server.url + url)).status).toBe(401)
  })
})
