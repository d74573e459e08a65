import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Inbox } from '../../src/shared/inbox.ts'
import type { MyRoom, Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ada: Person
let grace: Person
let room: Room
beforeAll(async () => {
  server = await startTestServer()
  await server.person('Admin')
})
afterAll(() => server.stop())
beforeEach(async () => {
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  room = await ada.creates()
  await grace.joins(room)
})

const inbox = (who: Person, query = '') => who.must<Inbox>('GET', `/api/inbox${query}`)
const held = async (who: Person, query = '') =>
  (await inbox(who, query)).items.map(({ message, reason, is_unread }) => [message.content, reason, is_unread])
const mine = async (who: Person) => (await who.rooms()).find(({ id }) => id === room.id) as MyRoom

describe('the inbox', () => {
  test('holds what mentions me and what replies to me, newest first, and counts both as meant for me', async () => {
    const own = await ada.says(room, 'my own')
    const mention = await grace.says(room, `@${ada.user.handle} look`)
    await grace.says(room, 'nothing for anybody')
    const reply = await grace.says(room, 'an answer', { reply_to: own.id })
    await grace.says(room, `@${ada.user.handle} both`, { reply_to: own.id })
    await ada.must('PUT', `/api/rooms/${room.id}/read`, { message_id: mention.id })
    expect(await held(ada)).toEqual([
      [`@${ada.user.handle} both`, 'mention', true],
      ['an answer', 'reply', true],
      [`@${ada.user.handle} look`, 'mention', false],
    ])
    expect(await mine(ada)).toMatchObject({ unread_count: 3, mention_count: 2 })
    expect(reply).toMatchObject({ reply_to: own.id, reply_to_sender_id: ada.user.id })
    expect(await held(grace)).toEqual([])
    expect((await inbox(ada)).items[0]?.room).toMatchObject({ id: room.id, name: room.name, member_count: 2 })
  })

  test('does not hold what I say to myself', async () => {
    const own = await ada.says(room, `@${ada.user.handle} remember`)
    await ada.says(room, 'and this', { reply_to: own.id })
    expect(await held(ada)).toEqual([])
  })

  test('goes page by page', async () => {
    for (let i = 1; i <= 5; i++) await grace.says(room, `@${ada.user.handle} ${i}`)
    const first = await inbox(ada, '?limit=2')
    expect([first.items.map(({ message }) => message.seq), first.has_more]).toEqual([[5, 4], true])
    const second = await inbox(ada, `?limit=3&before=${first.items[1]?.message.id}`)
    expect([second.items.map(({ message }) => message.seq), second.has_more]).toEqual([[3, 2, 1], false])
  })

  test('follows edits and deletions, and forgets what was cleared or is not mine to read any more', async () => {
    const { id } = await grace.says(room, 'nobody yet')
    await grace.must('PATCH', `/api/messages/${id}`, { content: `@${ada.user.handle} now you` })
    expect(await held(ada)).toEqual([[`@${ada.user.handle} now you`, 'mention', true]])
    await grace.must('PATCH', `/api/messages/${id}`, { content: 'nobody again' })
    expect(await held(ada)).toEqual([])
    const gone = await grace.says(room, `@${ada.user.handle} soon gone`)
    await grace.must('DELETE', `/api/messages/${gone.id}`)
    expect(await held(ada)).toEqual([])

    await ada.says(room, `@${grace.user.handle} stays until the room is left`)
    expect(await held(grace)).toHaveLength(1)
    await grace.must('POST', `/api/rooms/${room.id}/leave`)
    expect(await held(grace)).toEqual([])
    await grace.joins(room)
    expect(await held(grace)).toHaveLength(1)
    await ada.must('POST', `/api/rooms/${room.id}/clear`)
    expect(await held(grace)).toEqual([])
  })

  test('tells my other tabs how much of what is unread is meant for me', async () => {
    const stream = await ada.listens('/api/events')
    const first = await grace.says(room, 'one')
    await grace.says(room, `@${ada.user.handle} two`)
    await grace.says(room, 'three')
    await ada.must('PUT', `/api/rooms/${room.id}/read`, { message_id: first.id })
    expect((await stream.sees('read.updated')).data).toMatchObject({ unread_count: 2, mention_count: 1 })
    await ada.must('PUT', `/api/rooms/${room.id}/read`, { message_id: null })
    expect(await mine(ada)).toMatchObject({ unread_count: 3, mention_count: 1, last_read_seq: 0 })
    ada.leaves()
  })
})
