import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { Message } from '../../src/shared/messages.ts'
import { Member, type Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ada: Person
let grace: Person
let stranger: Person
let room: Room
beforeAll(async () => {
  server = await startTestServer({ times: { heartbeatMs: 600 } })
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  stranger = await server.person('Stranger')
  room = await ada.creates({ ai_mode: 'off' })
  await grace.joins(room)
})
afterEach(() => {
  for (const person of [ada, grace, stranger]) person.leaves()
})
afterAll(() => server.stop())

const contents = (stream: { all(type: 'message.created'): { data: { message: Message } }[] }) =>
  stream.all('message.created').map(event => event.data.message.content)

describe('a stream', () => {
  test('greets at once, with headers that no proxy may hold back', async () => {
    const stream = await grace.listens(`/api/rooms/${room.id}/events`)
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(stream.headers.get('x-accel-buffering')).toBe('no')
    expect(stream.headers.get('cache-control')).toContain('no-transform')
    const hello = await stream.sees('hello')
    expect(stream.events[0]).toEqual(hello)
    expect(hello.data.heartbeat_ms).toBe(600)
    expect(hello.data.cursor).toMatch(/^[0-9a-f]+-\d+$/)
    expect(new Date(hello.data.server_time).toISOString()).toBe(hello.data.server_time)
  })

  test('brings what others post, in order, each with the cursor to resume from', async () => {
    const stream = await grace.listens(`/api/rooms/${room.id}/events`)
    const posted: Message[] = []
    for (const text of ['one', 'two\n\nevent: forged\ndata: {}\n\n', 'three\r\nid: 0'])
      posted.push(await ada.says(room, text))
    await stream.sees('message.created', event => event.data.message.id === posted[2]?.id)
    expect(stream.all('message.created').map(event => event.data)).toEqual(
      posted.map(message => ({ room_id: room.id, message })),
    )
    for (const event of stream.all('message.created')) Message.parse(event.data.message)
    expect(stream.events.every(event => (event.id === null) !== event.type.startsWith('message.'))).toBe(true)
  })

  test('beats while nothing happens', async () => {
    const stream = await grace.listens('/api/events')
    expect(await stream.sees('ping')).toMatchObject({ id: null, data: {} })
  })

  test('of everything covers all my rooms and only mine', async () => {
    const other = await ada.creates({ ai_mode: 'off' })
    const secret = await stranger.creates({ visibility: 'private', ai_mode: 'off' })
    const stream = await ada.listens('/api/events')
    await stranger.says(secret, 'not for you')
    await ada.says(other, 'there')
    await grace.says(room, 'here')
    await stream.until('both', () => contents(stream).length === 2)
    expect(contents(stream)).toEqual(['there', 'here'])
  })

  test('of one room keeps to it', async () => {
    const other = await ada.creates({ ai_mode: 'off' })
    const stream = await ada.listens(`/api/rooms/${room.id}/events`)
    await ada.says(other, 'elsewhere')
    await ada.says(room, 'here')
    await stream.sees('message.created')
    expect(contents(stream)).toEqual(['here'])
  })

  test('answers POST as it answers GET', async () => {
    const response = await fetch(`${server.url}/api/events`, {
      method: 'POST',
      headers: { ...ada.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ watch: [room.id] }),
    })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const { value } = (await response.body?.getReader().read()) ?? {}
    expect(new TextDecoder().decode(value)).toContain('event: hello')
  })

  test('shows typing to the others where it is watched, and to nobody else', async () => {
    const [watching, elsewhere, own] = [
      await grace.listens(`/api/events?watch=${room.id}`),
      await grace.listens('/api/events'),
      await ada.listens(`/api/events?watch=${room.id}`),
    ]
    const foreign = await stranger.listens(`/api/events?watch=${room.id}`)
    await Bun.sleep(20)
    await ada.must('POST', `/api/rooms/${room.id}/typing`)
    expect(await watching.sees('typing')).toMatchObject({
      id: null,
      data: { room_id: room.id, user_id: ada.user.id, display_name: 'Ada' },
    })
    await ada.says(room, 'after typing')
    for (const stream of [elsewhere, own]) await stream.sees('message.created')
    for (const stream of [elsewhere, own, foreign]) expect(stream.all('typing')).toEqual([])
  })
})

describe('resuming', () => {
  test('brings every event after the cursor once and in order, then goes on live', async () => {
    const first = await grace.listens('/api/events')
    await ada.says(room, 'seen')
    await first.sees('message.created')
    const { cursor } = first
    grace.leaves()
    const missed = Array.from({ length: 40 }, (_, n) => `missed ${n}`)
    for (const text of missed) await ada.says(room, text)

    for (const path of ['/api/events', `/api/rooms/${room.id}/events`]) {
      const again = await grace.listens(path, { after: cursor })
      await again.until('all that was missed', () => contents(again).length === missed.length)
      await ada.says(room, 'live')
      await again.until('what is new', () => contents(again).length === missed.length + 1)
      expect(contents(again)).toEqual([...missed, 'live'])
      missed.push('live')
    }
    const query = await grace.listens(`/api/events?after=${cursor}`)
    await query.until('all that was missed', () => contents(query).length === missed.length)
    expect(contents(query)).toEqual(missed)
  })

  test('loses and doubles nothing while others go on posting', async () => {
    const { cursor } = await grace.listens('/api/events')
    grace.leaves()
    let posting = true
    const texts: string[] = []
    const writing = (async () => {
      for (let n = 0; posting; n++) {
        texts.push(`steady ${n}`)
        await ada.says(room, `steady ${n}`)
      }
    })()
    const streams = []
    for (let n = 0; n < 15; n++) {
      streams.push(await grace.listens('/api/events', { after: cursor }))
      await Bun.sleep(5)
    }
    posting = false
    await writing
    for (const stream of streams) {
      await stream.until('everything', () => contents(stream).length >= texts.length)
      expect(contents(stream)).toEqual(texts)
    }
  })

  test('begins afresh, and says so, at a position that nobody knows', async () => {
    const { cursor } = await grace.listens('/api/events')
    const [epoch, id] = cursor.split('-')
    for (const after of [`deadbeef-${id}`, `${epoch}-999999`, `${epoch}--1`, 'garbage', '0', '%00']) {
      const stream = await grace.listens('/api/events', { after })
      expect(stream.events[0]?.type).toBe('hello')
      expect((await stream.sees('reset')).data.reason).toBeTruthy()
      await ada.says(room, 'and goes on')
      await stream.sees('message.created')
      grace.leaves()
    }
  })

  test('the cursor of a page misses nothing and repeats nothing', async () => {
    await ada.says(room, 'in the page')
    const page = await grace.must<{ cursor: string; messages: Message[] }>('GET', `/api/rooms/${room.id}/messages`)
    await ada.says(room, 'after the page')
    const stream = await grace.listens(`/api/rooms/${room.id}/events`, { after: page.cursor })
    await stream.sees('message.created')
    expect(page.messages.at(-1)?.content).toBe('in the page')
    expect(contents(stream)).toEqual(['after the page'])
  })
})

describe('who may listen', () => {
  test('nobody without a session, no stranger, and nobody to a room that is not there', async () => {
    for (const path of ['/api/events', `/api/rooms/${room.id}/events`])
      expect((await fetch(`${server.url}${path}`)).status).toBe(401)
    for (const id of [room.id, crypto.randomUUID(), 'garbage'])
      expect((await stranger.call('GET', `/api/rooms/${id}/events`)).status).toBe(404)
  })

  test('signing out ends the session’s streams within a second', async () => {
    const [guest, other] = [await server.person('Guest'), await server.person('Other')]
    const stream = await guest.listens('/api/events')
    const untouched = await other.listens('/api/events')
    const started = performance.now()
    await guest.must('POST', '/api/auth/logout')
    await stream.ends()
    expect(performance.now() - started).toBeLessThan(1_000)
    expect((await stream.sees('bye')).data.reason).toBe('signed_out')
    expect(untouched.all('bye')).toEqual([])
    other.leaves()
  })

  test('a new member hears of the room from then on; one who has left hears nothing more', async () => {
    const guest = await server.person('Coming and going')
    const stream = await guest.listens('/api/events')
    await ada.says(room, 'before')
    await guest.joins(room)
    expect(Member.parse((await stream.sees('member.joined')).data.member).user.id).toBe(guest.user.id)
    const narrow = await guest.listens(`/api/rooms/${room.id}/events`)
    await ada.says(room, 'while there')
    await stream.sees('message.created')
    await narrow.sees('message.created')

    const started = performance.now()
    await guest.must('POST', `/api/rooms/${room.id}/leave`)
    await stream.sees('member.left')
    await narrow.ends()
    expect(performance.now() - started).toBeLessThan(1_000)
    await ada.says(room, 'afterwards')
    const own = await guest.creates({ ai_mode: 'off' })
    await guest.says(own, 'my own')
    await stream.sees('message.created', event => event.data.room_id === own.id)
    expect(contents(stream)).toEqual(['while there', 'my own'])
    expect(contents(narrow)).toEqual(['while there'])

    const resumed = await guest.listens('/api/events', { after: (await stream.sees('hello')).data.cursor })
    await resumed.sees('message.created', event => event.data.room_id === own.id)
    expect(contents(resumed)).toEqual(['my own'])
    guest.leaves()
  })
})
