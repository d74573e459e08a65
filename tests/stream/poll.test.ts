import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

type Polled = {
  cursor: string
  events: { id: string | null; type: string; data: { message?: { content: string }; text?: string } }[]
}

let server: TestServer
let ada: Person
let grace: Person
let room: Room
beforeAll(async () => {
  server = await startTestServer()
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  room = await ada.creates()
  await grace.joins(room)
})
afterAll(() => server.stop())

const poll = (query: string) => grace.must<Polled>('GET', `/api/events/poll?${query}`)
const contents = ({ events }: Polled) => events.map(event => event.data.message?.content)

describe('polling', () => {
  test('without a position tells where one stands, after the wait', async () => {
    const { cursor, events } = await poll('wait=0')
    expect(cursor).toMatch(/^[0-9a-f]+-\d+$/)
    expect(events).toEqual([])
  })

  test('brings what was missed at once, and what comes when it comes', async () => {
    const { cursor } = await poll('wait=0')
    await ada.says(room, 'one')
    await ada.says(room, 'two')
    const missed = await poll(`after=${cursor}&wait=20`)
    expect(contents(missed)).toEqual(['one', 'two'])
    expect(missed.cursor).toBe(missed.events.at(-1)?.id ?? '')

    const waiting = poll(`after=${missed.cursor}&wait=20`)
    await Bun.sleep(50)
    await ada.says(room, 'three')
    expect(contents(await waiting)).toEqual(['three'])
  })

  test('one after the other misses nothing and repeats nothing', async () => {
    let { cursor } = await poll('wait=0')
    const seen: unknown[] = []
    const posted = Array.from({ length: 30 }, (_, n) => `steady ${n}`)
    const writing = (async () => {
      for (const text of posted) {
        await ada.says(room, text)
        await Bun.sleep(7)
      }
    })()
    while (seen.length < posted.length) {
      const next = await poll(`after=${cursor}&wait=5`)
      seen.push(...contents(next))
      cursor = next.cursor
    }
    await writing
    expect(seen).toEqual(posted)
  })

  test('shows a reply in the middle, in the rooms that are watched', async () => {
    const gate = Promise.withResolvers<void>()
    async function* pieces() {
      yield 'half a reply'
      await gate.promise
    }
    server.provider?.next({ text: pieces() })
    const { cursor } = await poll('wait=0')
    const stream = await ada.listens(`/api/rooms/${room.id}/events`)
    await ada.says(room, '@assistant go')
    await stream.sees('message.delta')
    const polled = await poll(`after=${cursor}&watch=${room.id}&wait=5`)
    expect(polled.events.find(event => event.type === 'message.snapshot')?.data.text).toBe('half a reply')
    gate.resolve()
    await stream.sees('message.updated')
    ada.leaves()
  })

  test('says when the position is unknown, and refuses a wait that is no number', async () => {
    const { events } = await poll('after=garbage&wait=5')
    expect(events.map(event => event.type)).toEqual(['reset'])
    expect((await grace.call('GET', '/api/events/poll?wait=long')).status).toBe(422)
    expect((await fetch(`${server.url}/api/events/poll?wait=0`)).status).toBe(401)
  })
})
