import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { MyRoom, Room, RoomDetails } from '../../src/shared/rooms.ts'
import type { User } from '../../src/shared/users.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let admin: Person
let ada: Person
let grace: Person
let room: Room
beforeAll(async () => {
  server = await startTestServer()
  admin = await server.person('Admin')
})
afterAll(() => server.stop())
beforeEach(async () => {
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  room = await ada.creates()
  await grace.joins(room)
})
afterEach(() => {
  ada.leaves()
  grace.leaves()
})

type Direct = { room: MyRoom }
const turnsTo = (who: Person, other: { id: string }) =>
  who.call<Direct & { code: string; detail: string }>('POST', '/api/rooms/direct', { user_id: other.id })
const prefers = (who: Person, { id }: Room, wanted: object) =>
  who.call<Direct & { code: string }>('PATCH', `/api/rooms/${id}/preferences`, wanted)
const mine = async (who: Person, { id }: Room) => (await who.rooms()).find(one => one.id === id) as MyRoom
const assistant = async () =>
  (await ada.must<{ people: User[] }>('GET', '/api/people')).people.find(({ kind }) => kind === 'agent') as User

describe('a direct room', () => {
  test('is one for two people, whoever begins, and both hear of it at once', async () => {
    const stream = await grace.listens('/api/events')
    await stream.sees('hello')
    const begun = await turnsTo(ada, grace.user)
    expect(begun.status).toBe(201)
    expect(begun.body.room).toMatchObject({
      visibility: 'private',
      notify: 'everything',
      member_count: 2,
      ai_mode: 'mention',
    })
    expect(begun.body.room.direct?.map(({ id }) => id).sort()).toEqual([ada.user.id, grace.user.id].sort())
    const { data } = await stream.sees('room.created')
    expect(data).toMatchObject({ room: { id: begun.body.room.id, direct: begun.body.room.direct } })

    const again = await turnsTo(grace, ada.user)
    expect([again.status, again.body.room.id]).toEqual([200, begun.body.room.id])
    const said = await ada.says(begun.body.room, 'just us')
    expect((await stream.sees('message.created')).data).toMatchObject({ message: { id: said.id } })
    const details = await grace.must<RoomDetails>('GET', `/api/rooms/${begun.body.room.id}`)
    expect(details.members.map(({ role, user }) => [user.id, role]).sort()).toEqual(
      [ada.user.id, grace.user.id].sort().map(id => [id, 'owner']),
    )
  })

  test('begun by both at the same moment is one', async () => {
    const rooms = await Promise.all([turnsTo(ada, grace.user), turnsTo(grace, ada.user), turnsTo(ada, grace.user)])
    expect(new Set(rooms.map(({ body }) => body.room.id)).size).toBe(1)
    expect(rooms.map(({ status }) => status).sort()).toEqual([200, 200, 201])
  })

  test('with an assistant is mine alone, and it answers always', async () => {
    const { body } = await turnsTo(ada, await assistant())
    expect(body.room).toMatchObject({ ai_mode: 'always', member_count: 1 })
    expect(body.room.direct?.map(({ kind }) => kind).sort()).toEqual(['agent', 'human'])
    const other = await turnsTo(grace, await assistant())
    expect(other.body.room.id).not.toBe(body.room.id)
  })

  test('is for people who have met', async () => {
    const stranger = await server.person('Stranger')
    for (const id of [stranger.user.id, admin.user.id, crypto.randomUUID()])
      expect((await turnsTo(ada, { id })).status).toBe(404)
    expect((await turnsTo(ada, ada.user)).status).toBe(422)
    const { people } = await ada.must<{ people: User[] }>('GET', '/api/people')
    expect(people.map(({ kind, handle }) => (kind === 'agent' ? kind : handle)).sort()).toEqual(
      ['agent', grace.user.handle].sort(),
    )
    expect(people.some(person => 'email' in person)).toBe(false)
  })

  test('stays between the two: nobody is invited, removed or muted, and it is not left, renamed or deleted', async () => {
    const { id } = (await turnsTo(ada, grace.user)).body.room
    const refused = async (method: string, path: string, body?: object) => {
      const answer = await ada.call<{ code: string }>(method, path, body)
      return [answer.status, answer.body.code]
    }
    const no = [409, 'direct_room']
    expect(await refused('POST', '/api/invites', { room_id: id })).toEqual(no)
    expect(await refused('POST', `/api/rooms/${id}/leave`)).toEqual(no)
    expect(await refused('DELETE', `/api/rooms/${id}`)).toEqual(no)
    expect(await refused('PATCH', `/api/rooms/${id}`, { name: 'Ours' })).toEqual(no)
    expect(await refused('PATCH', `/api/rooms/${id}`, { visibility: 'public' })).toEqual(no)
    expect(await refused('PATCH', `/api/rooms/${id}/members/${grace.user.id}`, { is_muted: true })).toEqual(no)
    expect(await refused('DELETE', `/api/rooms/${id}/members/${grace.user.id}`)).toEqual(no)
    expect((await admin.call('POST', `/api/rooms/${id}/join`)).status).toBe(404)
    await grace.must('PATCH', `/api/rooms/${id}`, { ai_mode: 'off' })
  })

  test('gives neither a say in the words of the other', async () => {
    const direct = (await turnsTo(ada, grace.user)).body.room
    const said = await ada.says(direct, 'mine')
    const refused = async (who: Person, method: string, path: string) => {
      const { status, body } = await who.call<{ code: string; detail: string }>(method, path)
      expect(body.detail).toMatch(/^(In a|A) direct conversation /)
      return [status, body.code]
    }
    expect(await refused(grace, 'DELETE', `/api/messages/${said.id}`)).toEqual([403, 'not_yours'])
    for (const who of [ada, grace])
      expect(await refused(who, 'POST', `/api/rooms/${direct.id}/clear`)).toEqual([409, 'direct_room'])
    expect(await grace.reads(direct)).toEqual([said])
    await ada.must('DELETE', `/api/messages/${said.id}`)

    // What an assistant said there is nobody's.
    await ada.says(direct, '@assistant are you there?')
    for (;;) {
      const answer = (await grace.reads(direct)).find(({ status, ai }) => ai && status === 'complete')
      if (!answer) continue
      await grace.must('DELETE', `/api/messages/${answer.id}`)
      break
    }
    await ada.says(direct, 'enough')
    expect(await admin.call('POST', `/api/rooms/${direct.id}/clear`)).toMatchObject({ status: 200 })
  })

  test('with an assistant is cleared by whoever is alone with it', async () => {
    const direct = (await turnsTo(ada, await assistant())).body.room
    const said = await ada.says(direct, 'forget this')
    await ada.must('POST', `/api/rooms/${direct.id}/clear`)
    expect((await ada.reads(direct)).map(({ id }) => id)).not.toContain(said.id)
  })

  test('that is closed comes back with the next message', async () => {
    const direct = (await turnsTo(ada, grace.user)).body.room
    await grace.says(direct, 'hello')
    expect((await prefers(ada, direct, { is_closed: true })).body.room.is_closed).toBe(true)
    expect((await mine(grace, direct)).is_closed).toBe(false)
    await grace.says(direct, 'are you there?')
    expect((await mine(ada, direct)).is_closed).toBe(false)
    await prefers(ada, direct, { is_closed: true })
    const tab = await ada.listens('/api/events')
    await turnsTo(ada, grace.user)
    expect((await tab.sees('preferences.updated')).data).toMatchObject({ room_id: direct.id, is_closed: false })
    expect((await mine(ada, direct)).is_closed).toBe(false)
    expect(await prefers(ada, room, { is_closed: true })).toMatchObject({
      status: 409,
      body: { code: 'not_a_direct_room' },
    })
  })
})

describe('how somebody wants their rooms', () => {
  test('is kept for them alone, and their other tabs hear of it', async () => {
    const [own, others] = [await ada.listens('/api/events'), await grace.listens('/api/events')]
    const { body } = await prefers(ada, room, { notify: 'nothing', is_favourite: true })
    expect(body.room).toMatchObject({ id: room.id, notify: 'nothing', is_favourite: true })
    const { data } = await own.sees('preferences.updated')
    expect(data).toEqual({
      room_id: room.id,
      user_id: ada.user.id,
      notify: 'nothing',
      is_favourite: true,
      position: null,
      is_closed: false,
    })
    expect(await mine(grace, room)).toMatchObject({ notify: 'mentions', is_favourite: false })
    await prefers(ada, room, { notify: 'nothing' })
    const said = await ada.says(room, 'after that')
    await others.sees('message.created')
    await own.sees('message.created')
    expect(others.events.filter(({ type }) => type === 'preferences.updated')).toEqual([])
    expect(own.events.filter(({ type }) => type === 'preferences.updated')).toHaveLength(1)
    expect(said.seq).toBe(1)
  })

  test('in an order of their own; what is not named goes by name', async () => {
    const more = [await ada.creates({ name: 'Second' }), await ada.creates({ name: 'Third' })] as [Room, Room]
    const order = (room_ids: string[]) => ada.call<{ rooms: MyRoom[] }>('PUT', '/api/rooms/order', { room_ids })
    const { body } = await order([more[1].id, room.id])
    const places = Object.fromEntries(body.rooms.map(({ id, position }) => [id, position]))
    expect(places).toEqual({ [more[1].id]: 0, [room.id]: 1, [more[0].id]: null })
    expect((await mine(ada, more[1])).position).toBe(0)
    expect((await order([room.id, room.id])).status).toBe(422)
    const foreign = await grace.creates({ visibility: 'private' })
    expect((await order([more[0].id, foreign.id])).status).toBe(422)
    expect((await mine(ada, more[0])).position).toBe(null)
    expect((await order([])).body.rooms.every(({ position }) => position === null)).toBe(true)
  })
})
