import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { Message, MessageInRoom, MessagePage } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ada: Person
let grace: Person
let room: Room
beforeAll(async () => {
  server = await startTestServer()
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  room = await ada.creates({ ai_mode: 'off' })
  await grace.joins(room)
})
afterAll(() => server.stop())

const page = async (query: string, of = room) =>
  MessagePage.parse(await ada.must('GET', `/api/rooms/${of.id}/messages${query}`))

describe('posting', () => {
  test('answers the whole message, counted and hashed', async () => {
    const own = await ada.creates({ ai_mode: 'off' })
    const answer = await ada.call<{ message: unknown }>('POST', `/api/rooms/${own.id}/messages`, {
      content: 'Hello,\n**world** 👋',
      client_id: 'first',
    })
    expect(answer.status).toBe(201)
    const message = Message.parse(answer.body.message)
    const hashed = JSON.stringify([own.id, ada.user.id, message.timestamp, 'Hello,\n**world** 👋'])
    expect(message).toMatchObject({
      room_id: own.id,
      seq: 1,
      client_id: 'first',
      sender_id: ada.user.id,
      sender_name: 'Ada',
      sender_kind: 'human',
      content: 'Hello,\n**world** 👋',
      status: 'complete',
      ai: null,
      hash: createHash('sha256').update(hashed).digest('hex'),
    })
    expect(message.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  test('under the same client_id again changes nothing, however many tries at once', async () => {
    const draft = { content: 'only once', client_id: 'same' }
    const before = (await page('')).messages.length
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ada.call<{ message: Message }>('POST', `/api/rooms/${room.id}/messages`, draft)),
    )
    expect(answers.map(answer => answer.status).sort()).toEqual([...Array(19).fill(200), 201])
    expect(new Set(answers.map(answer => JSON.stringify(answer.body.message))).size).toBe(1)
    expect((await page('')).messages.length).toBe(before + 1)
    const other = await grace.call('POST', `/api/rooms/${room.id}/messages`, draft)
    expect(other.status).toBe(201)
  })

  test('refuses a client_id that was used in another room', async () => {
    const elsewhere = await ada.creates()
    await ada.says(room, 'here', { client_id: 'taken' })
    const draft = { content: 'there', client_id: 'taken' }
    const answer = await ada.call<{ code: string }>('POST', `/api/rooms/${elsewhere.id}/messages`, draft)
    expect([answer.status, answer.body.code]).toEqual([409, 'client_id_taken'])
  })

  test('from many at once counts 1, 2, 3 … without a gap', async () => {
    const busy = await ada.creates({ ai_mode: 'off' })
    await grace.joins(busy)
    const posted = await Promise.all(
      Array.from({ length: 120 }, (_, n) => (n % 2 ? ada : grace).says(busy, `message ${n}`)),
    )
    expect(posted.map(message => message.seq).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 120 }, (_, n) => n + 1),
    )
  })

  test('resolves mentions of members and agents, not of strangers or in code', async () => {
    await server.person('Elsewhere')
    const message = await ada.says(room, 'hi @Grace and @assistant, not @elsewhere, `@ada` or mail@grace.org')
    const { agents } = await ada.must<{ agents: { id: string }[] }>('GET', `/api/rooms/${room.id}`)
    expect(message.mentions).toEqual([grace.user.id, agents[0]?.id ?? ''])
  })

  test('may reply within the room only', async () => {
    const first = await ada.says(room, 'question')
    expect((await grace.says(room, 'answer', { reply_to: first.id })).reply_to).toBe(first.id)
    const elsewhere = await ada.creates()
    const draft = { content: 'x', client_id: 'reply', reply_to: first.id }
    const answer = await ada.call('POST', `/api/rooms/${elsewhere.id}/messages`, draft)
    expect(answer.status).toBe(422)
    expect(await ada.reads(elsewhere)).toEqual([])
  })
})

describe('bad input', () => {
  const cases: [string, string | unknown, number][] = [
    ['malformed JSON', '{"content":', 400],
    ['no body', undefined, 422],
    ['null', 'null', 422],
    ['a list', [], 422],
    ['no content', { client_id: 'x' }, 422],
    ['no client_id', { content: 'x' }, 422],
    ['a number as content', { content: 1, client_id: 'x' }, 422],
    ['an object as client_id', { content: 'x', client_id: {} }, 422],
    ['nothing but white space', { content: ' \n ', client_id: 'x' }, 422],
    ['a NUL byte', { content: 'a\0b', client_id: 'x' }, 422],
    ['a NUL byte in the client_id', { content: 'a', client_id: 'x\0' }, 422],
    ['a text that is too long', { content: 'x'.repeat(16_001), client_id: 'x' }, 422],
    ['a megabyte of text', { content: 'x'.repeat(1_000_000), client_id: 'x' }, 422],
    ['more than a megabyte', { content: 'x'.repeat(1_100_000), client_id: 'x' }, 413],
    ['a reply to garbage', { content: 'x', client_id: 'x', reply_to: 'nonsense' }, 422],
    ['a reply to nothing', { content: 'x', client_id: 'x', reply_to: crypto.randomUUID() }, 422],
    ['a polluting key', '{"__proto__":{"content":"x"},"constructor":1}', 422],
  ]
  test.each(cases)('%s is refused in words and stores nothing', async (_, body, status) => {
    const before = await page('')
    const answer = await ada.call<{ code: string; detail: string; status: number }>(
      'POST',
      `/api/rooms/${room.id}/messages`,
      body,
    )
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ type: 'about:blank', status, title: expect.any(String) })
    expect(answer.body.code).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(answer.body.detail).toMatch(/^[A-Z].*\.$/)
    expect(JSON.stringify(answer.body)).not.toContain('xxxx')
    expect((await page('')).cursor).toBe(before.cursor)
  })

  test('unknown ids of every kind are 404, wrong queries 422, never 5xx', async () => {
    for (const id of ['nope', crypto.randomUUID(), "'; DROP TABLE rooms;--", '%00', '..%2f..', 'a'.repeat(3000)])
      expect((await ada.call('GET', `/api/rooms/${encodeURIComponent(id)}/messages`)).status).toBe(404)
    expect((await ada.call('GET', `/api/rooms/${room.id}/messages?before=nope`)).status).toBe(422)
    expect((await ada.call('GET', `/api/rooms/${room.id}/messages?before=${crypto.randomUUID()}`)).status).toBe(404)
    for (const limit of ['0', '201', '-1', 'many', '1.5'])
      expect((await ada.call('GET', `/api/rooms/${room.id}/messages?limit=${limit}`)).status).toBe(422)
    const id = (await ada.says(room, 'anchor')).id
    expect((await ada.call('GET', `/api/rooms/${room.id}/messages?before=${id}&after=${id}`)).status).toBe(422)
    expect((await ada.call('GET', '/api/nothing')).status).toBe(404)
    expect((await ada.call('DELETE', '/api/auth/me')).status).toBe(404)
  })

  test('any text comes back as it was posted', async () => {
    const texts = [
      '</script><script>',
      "'; DROP TABLE messages; --",
      'a\u2028b\u2029c',
      '🏳️‍🌈 ﷽ \u202e',
      'a\r\nb\rc',
      '\\n \\u0000 "',
    ]
    for (const text of texts) {
      const posted = await ada.says(room, text)
      expect(posted.content).toBe(text)
      expect((await page('?limit=1')).messages[0]?.content).toBe(text)
    }
  })
})

describe('reading', () => {
  test('pages backwards, forwards and around a message, oldest first', async () => {
    const long = await ada.creates({ ai_mode: 'off' })
    const posted: Message[] = []
    for (let n = 1; n <= 25; n++) posted.push(await ada.says(long, `m${n}`))
    const seqs = ({ messages }: MessagePage) => messages.map(message => message.seq)
    const at = (seq: number) => posted[seq - 1]?.id

    const newest = await page('?limit=10', long)
    expect(seqs(newest)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25])
    expect([newest.has_more_before, newest.has_more_after]).toEqual([true, false])

    const before = await page(`?before=${at(16)}&limit=10`, long)
    expect(seqs(before)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
    expect([before.has_more_before, before.has_more_after]).toEqual([true, true])
    const first = await page(`?before=${at(6)}&limit=10`, long)
    expect(seqs(first)).toEqual([1, 2, 3, 4, 5])
    expect(first.has_more_before).toBe(false)

    const after = await page(`?after=${at(20)}&limit=3`, long)
    expect(seqs(after)).toEqual([21, 22, 23])
    expect([after.has_more_before, after.has_more_after]).toEqual([true, true])
    expect((await page(`?after=${at(22)}&limit=3`, long)).has_more_after).toBe(false)

    const around = await page(`?around=${at(12)}&limit=5`, long)
    expect(seqs(around)).toEqual([10, 11, 12, 13, 14])
    expect([around.has_more_before, around.has_more_after]).toEqual([true, true])
    expect(seqs(await page(`?around=${at(12)}&limit=1`, long))).toEqual([12])
    expect(seqs(await page('', await ada.creates()))).toEqual([])
  })

  test('of a permalink is for members only', async () => {
    const secret = await ada.creates({ visibility: 'private' })
    const message = await ada.says(secret, 'between us')
    const found = MessageInRoom.parse(await ada.must('GET', `/api/messages/hash/${message.hash}`))
    expect([found.message.id, found.room.id]).toEqual([message.id, secret.id])
    expect((await grace.call('GET', `/api/messages/hash/${message.hash}`)).status).toBe(404)
    expect((await ada.call('GET', `/api/messages/hash/${'0'.repeat(64)}`)).status).toBe(404)
  })

  test('shows the author’s name of today', async () => {
    const renamed = await server.person('Old Name')
    await renamed.joins(room)
    const message = await renamed.says(room, 'who am I?')
    await renamed.must('PATCH', '/api/auth/profile', { display_name: 'New Name' })
    const found = (await ada.reads(room)).find(each => each.id === message.id)
    expect(found?.sender_name).toBe('New Name')
  })
})
