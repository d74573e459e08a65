import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { RoomDetails, RoomList } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { StreamReader } from '../support/stream.ts'

const TAB = 'the only tab'

let server: TestServer
let admin: Person
let ada: Person
let grace: Person
let room: { id: string }
beforeAll(async () => {
  server = await startTestServer({ graceMs: 50 })
  admin = await server.person('Admin')
})
afterAll(() => server.stop())
afterEach(() => {
  for (const person of [ada, grace, admin]) person.leaves()
})

/** Two people who share a room. */
async function meet() {
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  room = await ada.creates({ ai_mode: 'off' })
  await grace.joins(room)
}
const says = (person: Person, state: string) => person.call('PUT', '/api/presence', { tab: TAB, state })
const watches = (person: Person, ...rooms: { id: string }[]) =>
  person.listens(`/api/events?watch=${rooms.map(({ id }) => id).join()}`)
const states = (stream: StreamReader, { user }: Person) =>
  stream
    .all('presence')
    .filter(({ data }) => data.user_id === user.id)
    .map(({ data }) => data.state)
async function presence(viewer: Person) {
  const details = RoomDetails.parse(await viewer.must('GET', `/api/rooms/${room.id}`))
  return details.presence
}
const becomes = (stream: StreamReader, { user }: Person, state: string) =>
  stream.sees('presence', ({ data }) => data.user_id === user.id && data.state === state)

test('a room hears who comes, turns away and goes, once each, and tells whoever opens it', async () => {
  await meet()
  const stream = await watches(grace, room)
  expect(await presence(ada)).toEqual({ [grace.user.id]: 'online' })

  await ada.listens('/api/events')
  await ada.listens(`/api/rooms/${room.id}/events`)
  expect(await becomes(stream, ada, 'online')).toMatchObject({
    id: null,
    data: { room_id: room.id, user_id: ada.user.id, state: 'online' },
  })
  expect((await says(ada, 'away')).status).toBe(204)
  await becomes(stream, ada, 'away')
  expect(await presence(grace)).toEqual({ [grace.user.id]: 'online', [ada.user.id]: 'away' })
  ada.leaves()
  await becomes(stream, ada, 'offline')
  expect(states(stream, ada)).toEqual(['online', 'away', 'offline'])
  expect(await presence(grace)).toEqual({ [grace.user.id]: 'online' })
})

test('the list of one’s rooms tells it of those one talks to directly, and of nobody else', async () => {
  await meet()
  const list = async () => RoomList.parse(await ada.must('GET', '/api/rooms')).presence
  const stream = await watches(ada, room)
  await grace.listens('/api/events')
  await becomes(stream, grace, 'online')
  expect(await list()).toEqual({})
  await ada.must('POST', '/api/rooms/direct', { user_id: grace.user.id })
  expect(await list()).toEqual({ [ada.user.id]: 'online', [grace.user.id]: 'online' })
  await says(grace, 'away')
  await becomes(stream, grace, 'away')
  expect(await list()).toEqual({ [ada.user.id]: 'online', [grace.user.id]: 'away' })
})

test('nobody else hears it: not in rooms that they do not share, not in rooms that they do not watch, not by watching', async () => {
  await meet()
  const eve = await server.person('Eve')
  const hers = await eve.creates({ ai_mode: 'off' })
  const other = await grace.creates({ ai_mode: 'off' })
  const stranger = await watches(eve, room, other, hers)
  const elsewhere = await watches(grace, other)
  const here = await watches(grace, room)
  await ada.listens('/api/events')
  await becomes(here, ada, 'online')
  // What was published before this has come.
  await eve.says(hers, 'the end')
  await grace.says(other, 'the end')
  await stranger.sees('message.created')
  await elsewhere.sees('message.created')
  expect(states(stranger, ada)).toEqual([])
  expect(states(stranger, grace)).toEqual([])
  expect(states(elsewhere, ada)).toEqual([])
  expect((await eve.call('GET', `/api/rooms/${room.id}`)).status).toBe(404)
  eve.leaves()
})

test('whoever joins brings it along', async () => {
  await meet()
  const kim = await server.person('Kim')
  await kim.listens('/api/events')
  const stream = await watches(grace, room)
  await kim.joins(room)
  await becomes(stream, kim, 'online')
  expect((await presence(ada))[kim.user.id]).toBe('online')
  await kim.must('POST', `/api/rooms/${room.id}/leave`)
  expect((await presence(ada))[kim.user.id]).toBeUndefined()
  kim.leaves()
})

test('who is signed out or disabled is offline', async () => {
  await meet()
  const stream = await watches(grace, room)
  await ada.listens('/api/events')
  await becomes(stream, ada, 'online')
  await admin.must('PATCH', `/api/admin/people/${ada.user.id}`, { disabled: true })
  await becomes(stream, ada, 'offline')
  expect((await says(ada, 'online')).status).toBe(401)

  const kim = await server.person('Kim')
  await kim.joins(room)
  await kim.listens('/api/events')
  await becomes(stream, kim, 'online')
  await kim.must('POST', '/api/auth/logout')
  await becomes(stream, kim, 'offline')
})

test('who reads by polling is there as well', async () => {
  await meet()
  const stream = await watches(grace, room)
  const polling = ada.call('GET', '/api/events/poll?wait=1')
  await becomes(stream, ada, 'online')
  await polling
  await becomes(stream, ada, 'offline')
})

test('what a tab says has to be readable', async () => {
  await meet()
  for (const body of [{}, { tab: TAB }, { tab: 'short', state: 'online' }, { tab: TAB, state: 'asleep' }, 'x'])
    expect((await ada.call('PUT', '/api/presence', body)).status).toBeOneOf([400, 422])
  const limited = await startTestServer({ env: { RATE_LIMITS: 'on' } })
  const hasty = await limited.person('Hasty')
  const answers = await Promise.all(Array.from({ length: 80 }, () => says(hasty, 'online')))
  expect(answers.map(({ status }) => status)).toContain(429)
  await limited.stop()
})
