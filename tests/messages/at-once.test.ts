import { Database as Connection } from 'bun:sqlite'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import type { Message, MessagePage } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import type { SearchResults } from '../../src/shared/search.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

setDefaultTimeout(20_000)

const ROUNDS = 8

let server: TestServer
let database: Connection
let ada: Person
let grace: Person
beforeAll(async () => {
  server = await startTestServer()
  database = new Connection(join(server.dataDir, 'chat.db'), { readonly: true })
  ada = await server.person('Ada')
  grace = await server.person('Grace')
})
afterAll(async () => {
  database.close()
  await server.stop()
})

async function meet(ai_mode: Room['ai_mode'] = 'off') {
  const room = await ada.creates({ ai_mode })
  await grace.joins(room)
  return room
}
/** Where in the database a word still stands, of what was said in a room. */
function traces(room: Room, word: string): string[] {
  const said = 'message_id IN (SELECT id FROM messages WHERE room_id = ?)'
  const places = [
    ['messages', "content || coalesce(ai, '')", 'room_id = ?'],
    ['events', 'data', 'room_id = ?'],
    ['message_edits', 'content', said],
    ['message_versions', 'content || ai', said],
  ]
  return places.flatMap(([table, text, where]) => {
    const found = database.query(`SELECT 1 FROM ${table} WHERE ${where} AND ${text} LIKE ?`).all(room.id, `%${word}%`)
    return found.length > 0 && table ? [table] : []
  })
}
const rowsAbout = (table: string, { id }: Message) =>
  database.query(`SELECT 1 FROM ${table} WHERE message_id = ?`).all(id).length
async function finds(word: string) {
  const { results } = await grace.must<SearchResults>('GET', `/api/search?q=${word}`)
  return results.map(({ message }) => message.content)
}
/** All of them at once, in another order each round. */
function allAtOnce<T>(round: number, calls: (() => Promise<T>)[]): Promise<T[]> {
  const order = calls.map((call, at) => ({ call, place: (at * 7 + round * 5) % (calls.length + 1) }))
  return Promise.all(order.toSorted((one, other) => one.place - other.place).map(({ call }) => call()))
}

test('of a message that is deleted while it is edited, marked, answered and searched for, nothing is left', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const room = await meet()
    const word = `quokka${round}`
    const message = await ada.says(room, `${word} for @grace`)
    const here = `/api/messages/${message.id}`
    const answers = await allAtOnce<{ status: number }>(round, [
      () => ada.call('PATCH', here, { content: `${word} again for @grace` }),
      () => ada.call('PATCH', here, { content: `${word} once more for @grace` }),
      () => ada.call('DELETE', here),
      () => ada.call('PUT', `${here}/pin`),
      () => grace.call('PUT', `${here}/reactions/%F0%9F%91%8D`),
      () =>
        grace.call('POST', `/api/rooms/${room.id}/messages`, {
          content: 'ah',
          client_id: message.id,
          reply_to: message.id,
        }),
      () => grace.call('GET', `/api/search?q=${word}`),
      () => ada.call('PATCH', here, { content: `${word} at last for @grace` }),
    ])
    expect(answers.map(({ status }) => status).filter(status => ![200, 201, 204, 409].includes(status))).toEqual([])
    expect(traces(room, word)).toEqual([])
    for (const table of ['mentions', 'message_edits', 'reactions', 'uploads']) expect(rowsAbout(table, message)).toBe(0)
    expect(await finds(word)).toEqual([])
    expect(await ada.must<unknown>('GET', `/api/rooms/${room.id}/pins`)).toEqual({ messages: [] })
    const page = await grace.must<MessagePage>('GET', `/api/rooms/${room.id}/messages`)
    expect(page.messages[0]).toMatchObject({
      id: message.id,
      content: '',
      mentions: [],
      reactions: [],
      pinned_at: null,
    })
    expect((await grace.rooms()).find(({ id }) => id === room.id)).toMatchObject({ mention_count: 0 })
  }
})

test('of what is cleared while it is edited, deleted and posted on, nothing is shown, and the rest stays', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const room = await meet()
    const word = `wombat${round}`
    const message = await ada.says(room, word)
    const { cursor } = await grace.must<MessagePage>('GET', `/api/rooms/${room.id}/messages`)
    const here = `/api/messages/${message.id}`
    const said = () =>
      grace.call('POST', `/api/rooms/${room.id}/messages`, { content: word, client_id: crypto.randomUUID() })
    await allAtOnce<{ status: number }>(round, [
      said,
      () => ada.call('PATCH', here, { content: `${word} again` }),
      () => ada.call('POST', `/api/rooms/${room.id}/clear`),
      () => ada.call('PUT', `${here}/pin`),
      () => (round % 2 ? ada.call('DELETE', here) : said()),
      said,
    ])
    const page = await grace.must<MessagePage>('GET', `/api/rooms/${room.id}/messages`)
    const row = database
      .query<{ cleared_seq: number }, [string]>('SELECT cleared_seq FROM rooms WHERE id = ?')
      .get(room.id)
    const cleared = row?.cleared_seq ?? 0
    expect(cleared).toBeGreaterThan(0)
    expect(page.messages.every(({ seq }) => seq > cleared)).toBe(true)
    const { events } = await grace.must<{ events: { type: string; data: { message?: Message } }[] }>(
      'GET',
      `/api/events/poll?after=${cursor}&wait=0`,
    )
    const told = events.flatMap(({ data }) => data.message ?? [])
    expect(told.filter(({ seq }) => seq <= cleared)).toEqual([])
    expect(told).toEqual(page.messages)
    expect((await finds(word)).length).toBe(page.messages.length)
  }
})

test('an answer that is asked for anew, stopped, deleted and cleared at once ends, and what is deleted stays so', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const room = await meet('mention')
    const word = 'numbat'
    server.provider?.next({ text: [`${word}.`] })
    const stream = await grace.listens(`/api/rooms/${room.id}/events`)
    const question = await ada.says(room, '@assistant which animal?')
    const ended = await stream.sees('message.updated', ({ data }) => data.message.status === 'complete')
    const here = `/api/messages/${ended.data.message.id}`
    server.provider?.next({ text: [`${word} `, 'again'], pace: 1 })
    await allAtOnce<{ status: number }>(round, [
      () => ada.call('POST', `${here}/regenerate`, {}),
      () => ada.call('DELETE', here),
      () => ada.call('PUT', `${here}/version`, { version: 1 }),
      () => ada.call('POST', `${here}/stop`),
      () => ada.call('DELETE', `/api/messages/${question.id}`),
      () => ada.call('DELETE', here),
      ...(round % 3 === 0 ? [() => ada.call('POST', `/api/rooms/${room.id}/clear`)] : []),
    ])
    const state = database.query<{ status: string; deleted_at: number | null }, [string]>(
      'SELECT status, deleted_at FROM messages WHERE id = ?',
    )
    while (state.get(ended.data.message.id)?.status === 'streaming') await Bun.sleep(5)
    await ada.call('DELETE', here)
    const cleared = database
      .query<{ n: number }, [string]>('SELECT cleared_seq AS n FROM rooms WHERE id = ?')
      .get(room.id)
    if (cleared?.n === 0) {
      expect(state.get(ended.data.message.id)?.deleted_at).not.toBeNull()
      expect(traces(room, word)).toEqual([])
    } else expect(traces(room, word)).not.toContain('events')
    expect(await finds(word)).toEqual([])
    grace.leaves()
  }
})
