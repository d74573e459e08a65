import { Database as Connection } from 'bun:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Message, MessagePage } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { StreamReader } from '../support/stream.ts'

type Polled = { events: { type: string }[] }

let server: TestServer
let admin: Person
let ada: Person
let grace: Person
let room: Room
let stream: StreamReader
let cursor: string
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
  cursor = (await grace.must<MessagePage>('GET', `/api/rooms/${room.id}/messages`)).cursor
  stream = await grace.listens(`/api/events?watch=${room.id}`)
  await stream.sees('hello')
})
afterEach(() => grace.leaves())

const deletes = () => ada.must('DELETE', `/api/rooms/${room.id}`)
const restores = () => admin.must('POST', `/api/admin/rooms/${room.id}/restore`)
const missed = () => grace.must<Polled>('GET', `/api/events/poll?after=${cursor}&watch=${room.id}&wait=0`)
const types = ({ events }: Polled) => events.map(({ type }) => type)
function inDatabase<T>(statement: string, ...values: string[]): T | null {
  const database = new Connection(join(server.dataDir, 'chat.db'))
  database.run('PRAGMA busy_timeout = 5000')
  const found = database.query<T, string[]>(statement).get(...values)
  database.close()
  return found
}
const endOf = ({ id }: Pick<Message, 'id'>) =>
  stream.sees('message.updated', ({ data }) => data.message.id === id && data.message.status !== 'streaming')

test('of a deleted room those who catch up hear that it is, and nothing that was said there, until it is restored', async () => {
  await ada.says(room, 'a secret')
  await ada.must('PATCH', `/api/rooms/${room.id}`, { description: 'Ours' })
  await deletes()
  const told = await missed()
  expect(JSON.stringify(told)).not.toContain('a secret')
  expect(types(told)).toEqual(['room.updated', 'room.deleted'])
  const resumed = await grace.listens('/api/events', { after: cursor })
  await resumed.sees('room.deleted')
  expect(JSON.stringify(resumed.events)).not.toContain('a secret')

  await restores()
  await stream.sees('room.restored')
  const again = await ada.says(room, 'here we are')
  await stream.sees('message.created', ({ data }) => data.message.id === again.id)
  expect(types(await missed())).toEqual([
    'message.created',
    'room.updated',
    'room.deleted',
    'room.restored',
    'message.created',
  ])
})

test('an answer under way in a room that is deleted is given up, and nobody hears of it', async () => {
  server.provider?.next({ text: ['Once upon ', 'a time'], stallAt: 1 })
  const aborted = server.provider?.nextAbort()
  await ada.says(room, '@assistant tell me a story')
  const { message_id } = (await stream.sees('message.delta')).data
  await deletes()
  await stream.sees('room.deleted')
  await aborted
  while (inDatabase<{ status: string }>('SELECT status FROM messages WHERE id = ?', message_id)?.status === 'streaming')
    await Bun.sleep(10)
  await restores()
  await stream.sees('room.restored')
  expect(stream.all('message.updated')).toEqual([])
  expect((await grace.reads(room)).find(({ id }) => id === message_id)).toMatchObject({
    status: 'interrupted',
    ai: { error: 'The room was deleted while this was being written.' },
  })

  // The room goes on at once.
  server.provider?.next({ text: ['Here.'] })
  await ada.says(room, '@assistant and now?')
  const next = await stream.sees('message.created', ({ data }) => data.message.seq === 4)
  expect((await endOf(next.data.message)).data.message.status).toBe('complete')
})

test('what happens in a room that was deleted before the start reaches nobody either', async () => {
  const said = await ada.says(room, 'before')
  await deletes()
  await server.halt()
  server = await startTestServer({ dataDir: server.dataDir, env: { BIND_ADDR: new URL(server.url).host } })
  stream = await grace.listens('/api/events')
  await stream.sees('hello')
  inDatabase(
    `INSERT INTO events (type, room_id, subject_id, data, created_at) VALUES ('message.updated', ?, ?, ?, 1) RETURNING id`,
    room.id,
    said.id,
    JSON.stringify({ room_id: room.id, message: { ...said, content: 'after' } }),
  )
  const elsewhere = await grace.creates({ ai_mode: 'off' })
  await stream.sees('room.created', ({ data }) => data.room_id === elsewhere.id)
  expect(stream.all('message.updated')).toEqual([])
})
