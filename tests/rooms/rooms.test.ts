import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ModelList, MyRoom, Room, RoomDetails } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ada: Person
let grace: Person
let stranger: Person
beforeAll(async () => {
  server = await startTestServer()
  await server.person('Admin')
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  stranger = await server.person('Stranger')
})
afterAll(() => server.stop())

describe('the models', () => {
  test('come from the provider, with the default among them', async () => {
    const list = ModelList.parse(await ada.must('GET', '/api/models'))
    expect(list.models.map(model => model.id)).toContain('fake/large')
    expect(list.models.map(model => model.id)).toContain(list.default_model_id)
    expect(list.fetched_at).not.toBeNull()
  })
})

describe('a room', () => {
  test('is created with a model that the provider offers, by default private and answering when mentioned', async () => {
    const answer = await ada.call<{ room: unknown }>('POST', '/api/rooms', { name: ' Ideas ', model_id: 'fake/small' })
    expect(answer.status).toBe(201)
    const room = Room.parse(answer.body.room)
    expect(room).toMatchObject({ name: 'Ideas', ai_mode: 'mention', visibility: 'private', created_by: ada.user.id })
    expect(room).toMatchObject({ last_seq: 0, member_count: 1, deleted_at: null })
    const details = RoomDetails.parse(await ada.must('GET', `/api/rooms/${room.id}`))
    expect(details.members.map(member => [member.user.id, member.role])).toEqual([[ada.user.id, 'owner']])
    expect(details.agents.map(agent => agent.handle)).toEqual(['assistant'])
  })

  test.each([
    [{ name: 'x' }, 'model_id'],
    [{ name: 'x', model_id: 'no/such-model' }, 'model_id'],
    [{ name: '', model_id: 'fake/small' }, 'name'],
    [{ name: 'x'.repeat(81), model_id: 'fake/small' }, 'name'],
    [{ name: 'two\nlines', model_id: 'fake/small' }, 'name'],
    [{ name: 'nul\0', model_id: 'fake/small' }, 'name'],
    [{ name: 'x', model_id: 'fake/small', ai_mode: 'sometimes' }, 'ai_mode'],
    [{ name: 'x', model_id: 'fake/small', visibility: 'secret' }, 'visibility'],
    [{ name: 'x', model_id: 'fake/small', system_prompt: 'x'.repeat(8001) }, 'system_prompt'],
  ])('is refused in words when something is wrong: %j', async (body, path) => {
    const before = (await ada.rooms()).length
    const answer = await ada.call<{ errors: { path: string }[] }>('POST', '/api/rooms', body)
    expect(answer.status).toBe(422)
    expect(answer.body.errors.map(error => error.path)).toContain(path)
    expect((await ada.rooms()).length).toBe(before)
  })

  test('that is public can be found and joined, once; leaving is felt at once', async () => {
    const room = await ada.creates({ name: 'Open house' })
    const found = await grace.must<{ rooms: unknown[] }>('GET', '/api/rooms/directory')
    expect(found.rooms.map(each => Room.parse(each).id)).toContain(room.id)
    const joined = await grace.joins(room)
    expect(joined.member_count).toBe(2)
    await grace.joins(room)
    expect(
      (await grace.must<{ rooms: Room[] }>('GET', '/api/rooms/directory')).rooms.map(each => each.id),
    ).not.toContain(room.id)
    const details = RoomDetails.parse(await grace.must('GET', `/api/rooms/${room.id}`))
    expect(details.members).toHaveLength(2)

    expect((await grace.call('POST', `/api/rooms/${room.id}/leave`)).status).toBe(204)
    expect((await grace.call('GET', `/api/rooms/${room.id}`)).status).toBe(404)
    expect((await grace.call('POST', `/api/rooms/${room.id}/leave`)).status).toBe(404)
  })

  test('that is private does not exist for a stranger, whatever they try', async () => {
    const room = await ada.creates({ visibility: 'private' })
    const tries: [string, string, unknown?][] = [
      ['GET', `/api/rooms/${room.id}`],
      ['PATCH', `/api/rooms/${room.id}`, { name: 'mine' }],
      ['POST', `/api/rooms/${room.id}/join`],
      ['POST', `/api/rooms/${room.id}/leave`],
      ['GET', `/api/rooms/${room.id}/messages`],
      ['POST', `/api/rooms/${room.id}/messages`, { content: 'hi', client_id: 'x' }],
      ['PUT', `/api/rooms/${room.id}/read`, { message_id: crypto.randomUUID() }],
      ['POST', `/api/rooms/${room.id}/typing`],
      ['GET', `/api/rooms/${room.id}/events`],
    ]
    const missing = crypto.randomUUID()
    for (const [method, path, body] of tries) {
      const own = await stranger.call(method, path, body)
      const none = await stranger.call(method, path.replace(room.id, missing), body)
      expect([method, path, own.status, own.body]).toEqual([method, path, 404, none.body])
    }
    expect(await ada.reads(room)).toEqual([])
  })

  test('is changed by its owner only, and everybody sees it', async () => {
    const room = await ada.creates({ name: 'Before' })
    await grace.joins(room)
    const stream = await grace.listens('/api/events')
    const refused = await grace.call<{ code: string }>('PATCH', `/api/rooms/${room.id}`, { name: 'Mine' })
    expect([refused.status, refused.body.code]).toEqual([403, 'not_the_owner'])

    const change = { name: 'After', model_id: 'fake/large', ai_mode: 'always', system_prompt: 'Be brief.' }
    const changed = await ada.must<{ room: Room }>('PATCH', `/api/rooms/${room.id}`, change)
    expect(changed.room).toMatchObject(change)
    expect((await stream.sees('room.updated')).data.room).toEqual(changed.room)
    const unknown = await ada.call('PATCH', `/api/rooms/${room.id}`, { model_id: 'no/such-model' })
    expect(unknown.status).toBe(422)
    grace.leaves()
  })

  test('is handed on when its owner leaves', async () => {
    const room = await ada.creates()
    await grace.joins(room)
    const stream = await grace.listens(`/api/rooms/${room.id}/events`)
    await ada.must('POST', `/api/rooms/${room.id}/leave`)
    expect((await stream.sees('member.left')).data.member.user.id).toBe(ada.user.id)
    expect((await stream.sees('member.updated')).data.member).toMatchObject({ role: 'owner' })
    await grace.must('PATCH', `/api/rooms/${room.id}`, { name: 'Grace’s now' })
    grace.leaves()
  })
})

describe('what is unread', () => {
  test('counts the others’ messages and mentions after my mark, and moves with it', async () => {
    const room = await ada.creates()
    await ada.says(room, 'before you came')
    await grace.joins(room)
    const mine = async () => MyRoom.parse((await grace.rooms()).find(each => each.id === room.id))
    expect(await mine()).toMatchObject({ unread_count: 0, mention_count: 0 })

    const first = await ada.says(room, 'hello')
    await ada.says(room, 'are you there, @grace?')
    await ada.says(room, 'in code: `@grace`')
    expect(await mine()).toMatchObject({ unread_count: 3, mention_count: 1, last_message_at: expect.any(String) })

    const stream = await grace.listens('/api/events')
    const others = await ada.listens('/api/events')
    expect((await grace.call('PUT', `/api/rooms/${room.id}/read`, { message_id: first.id })).status).toBe(204)
    expect((await stream.sees('read.updated')).data).toMatchObject({ last_read_seq: first.seq, unread_count: 2 })
    expect(await mine()).toMatchObject({ unread_count: 2, mention_count: 1 })

    await grace.says(room, 'here I am')
    await others.sees('message.created', event => event.data.message.content === 'here I am')
    expect(await mine()).toMatchObject({ unread_count: 0, mention_count: 0 })
    expect(others.all('read.updated')).toEqual([])
    grace.leaves()
    ada.leaves()
  })
})
