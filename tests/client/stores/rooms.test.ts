import { beforeEach, expect, test } from 'bun:test'
import type { Api } from '../../../src/client/api.ts'
import { createRooms, type Rooms } from '../../../src/client/stores/rooms.ts'
import type { StreamEvent } from '../../../src/shared/events.ts'
import type { MyRoom } from '../../../src/shared/rooms.ts'
import { ADA, GRACE, message, myRoom, ROOM } from '../conversation.ts'

let rooms: Rooms
let read: string[]
/** What the server says of a room when it is asked for one alone. */
let counted: Partial<MyRoom>
let asked: number

const says = (type: StreamEvent['type'], data: object) =>
  rooms.apply({ id: 'e-2', type, data: { room_id: ROOM, ...data } } as StreamEvent)
const garden = () => rooms.find(ROOM)
const settled = () => Bun.sleep(1)

beforeEach(async () => {
  read = []
  counted = {}
  asked = 0
  const api = {
    room: async () => {
      asked += 1
      return { room: myRoom(counted) }
    },
    rooms: async () => ({ rooms: [myRoom({ last_seq: 4, last_read_seq: 4 }), myRoom({ id: 'attic', name: 'attic' })] }),
    read: async (_: string, id: string) => void read.push(id),
  }
  rooms = createRooms(api as unknown as Api, ADA.id)
  await rooms.load()
})

test('rooms stand in alphabetical order', () => {
  expect(rooms.listed.map(room => room.name)).toEqual(['attic', 'garden'])
})

test('whoever shows a room is told what becomes of it, but not of each message', async () => {
  let told = 0
  const stop = rooms.settingsOf(ROOM).subscribe(() => {
    told += 1
  })
  says('message.created', { message: message(5) })
  rooms.markRead(ROOM, message(5))
  says('room.updated', { room: myRoom({ id: 'attic', name: 'loft' }) })
  expect(told).toBe(0)
  says('room.updated', { room: myRoom({ description: 'What grows' }) })
  expect(told).toBe(1)
  says('room.deleted', {})
  expect(told).toBe(2)
  stop()
  says('room.updated', { room: myRoom() })
  expect(told).toBe(2)
  await settled()
})

test('messages of others count as unread, mentions of me apart, each once', () => {
  says('message.created', { message: message(5) })
  says('message.created', { message: message(6, { mentions: [ADA.id] }) })
  says('message.created', { message: message(6, { mentions: [ADA.id] }) })
  expect(garden()).toMatchObject({ unread_count: 2, mention_count: 1 })
  expect(rooms.unread).toBe(2)
})

test('my own message means that I have read the room', () => {
  says('message.created', { message: message(5) })
  says('message.created', { message: message(6, { sender_id: ADA.id }) })
  expect(garden()).toMatchObject({ unread_count: 0, last_read_seq: 6 })
})

test('reading is told to the server once', async () => {
  says('message.created', { message: message(5) })
  rooms.markRead(ROOM, { id: 'm5', seq: 5 })
  rooms.markRead(ROOM, { id: 'm5', seq: 5 })
  expect(garden()?.unread_count).toBe(0)
  await settled()
  expect(read).toEqual(['m5'])
})

test('what another tab has read is read here, and what it marked unread is unread', () => {
  says('message.created', { message: message(5) })
  says('read.updated', { user_id: ADA.id, message_id: 'm5', last_read_seq: 5, unread_count: 0, mention_count: 0 })
  expect(garden()?.unread_count).toBe(0)
  says('read.updated', { user_id: ADA.id, message_id: 'm3', last_read_seq: 3, unread_count: 2, mention_count: 1 })
  expect(garden()).toMatchObject({ last_read_seq: 3, unread_count: 2, mention_count: 1 })
})

test('an older mark changes nothing while mine is on its way', () => {
  says('message.created', { message: message(5) })
  rooms.markRead(ROOM, { id: 'm5', seq: 5 })
  says('read.updated', { user_id: ADA.id, message_id: 'm4', last_read_seq: 4, unread_count: 1, mention_count: 0 })
  expect(garden()).toMatchObject({ last_read_seq: 5, unread_count: 0 })
})

test('a reply to me counts like a mention, once', () => {
  says('message.created', { message: message(5, { reply_to: 'm1', reply_to_sender_id: ADA.id }) })
  says('message.created', { message: message(6, { reply_to_sender_id: ADA.id, mentions: [ADA.id] }) })
  says('message.created', { message: message(7, { reply_to_sender_id: GRACE.id }) })
  expect(garden()).toMatchObject({ unread_count: 3, mention_count: 2 })
})

test('a room that is cleared away has nothing unread', () => {
  says('message.created', { message: message(5, { mentions: [ADA.id] }) })
  const { unread_count, mention_count, last_read_seq, ...room } = myRoom({ last_seq: 5 })
  says('room.cleared', { room, before_seq: 6 })
  expect(garden()).toMatchObject({ unread_count: 0, mention_count: 0, last_read_seq: 5 })
})

test('when an unread message is deleted the server is asked what is left, when a read one is nobody', async () => {
  says('message.deleted', { message_id: 'm2' })
  expect(asked).toBe(0)
  says('message.created', { message: message(5) })
  says('message.created', { message: message(6, { mentions: [ADA.id] }) })
  counted = { last_seq: 6, last_read_seq: 4, unread_count: 1, mention_count: 0 }
  says('message.deleted', { message_id: 'm6' })
  await settled()
  expect(garden()).toMatchObject({ unread_count: 1, mention_count: 0 })
  expect(asked).toBe(1)
})

test('an answer from before the latest message is asked for again', async () => {
  says('message.created', { message: message(5) })
  counted = { last_seq: 5, last_read_seq: 4, unread_count: 0 }
  says('message.deleted', { message_id: 'm5' })
  says('message.created', { message: message(6) })
  queueMicrotask(() => {
    counted = { last_seq: 6, last_read_seq: 4, unread_count: 1 }
  })
  await settled()
  expect(garden()?.unread_count).toBe(1)
  expect(asked).toBe(2)
})

test('an edit of an unread message that begins or ceases to mean me is counted by the server, others by nobody', async () => {
  const edited = { edited_at: '2026-11-20T10:00:00.000Z' }
  says('message.created', { message: message(5) })
  says('message.updated', { message: message(5, { reactions: [{ emoji: '👍', user_ids: [GRACE.id] }] }) })
  says('message.updated', { message: message(4, { ...edited, mentions: [ADA.id] }) })
  expect(asked).toBe(0)
  counted = { last_seq: 5, last_read_seq: 4, unread_count: 1, mention_count: 1 }
  says('message.updated', { message: message(5, { ...edited, mentions: [ADA.id] }) })
  await settled()
  expect(garden()).toMatchObject({ unread_count: 1, mention_count: 1 })
  counted = { ...counted, mention_count: 0 }
  for (let n = 0; n < 9; n++) says('message.updated', { message: message(5, edited) })
  await settled()
  expect(garden()).toMatchObject({ unread_count: 1, mention_count: 0 })
  // The first, and once more for all that came while it was on its way.
  expect(asked).toBe(3)
})

test('an unread answer that ends by meaning me is counted too', async () => {
  says('message.created', { message: message(5, { status: 'streaming', content: '' }) })
  counted = { last_seq: 5, last_read_seq: 4, unread_count: 1, mention_count: 1 }
  says('message.updated', { message: message(5, { content: '@ada, yes', mentions: [ADA.id] }) })
  await settled()
  expect(garden()).toMatchObject({ unread_count: 1, mention_count: 1 })
})

test('what an answer has counted ahead is not counted again when it is heard of', async () => {
  rooms.put(myRoom({ last_seq: 4, last_read_seq: 4, direct: [ADA, GRACE], is_closed: true }))
  says('message.created', { message: message(5) })
  const last_message_at = message(7).timestamp
  counted = { last_seq: 7, last_read_seq: 4, unread_count: 2, mention_count: 1, last_message_at }
  says('message.deleted', { message_id: 'm5' })
  await settled()
  expect(garden()).toMatchObject({ unread_count: 2, mention_count: 1, last_seq: 7, last_message_at, is_closed: false })
  const { unread_count, mention_count, last_read_seq, ...room } = myRoom({ name: 'yard', last_seq: 6 })
  says('message.created', { message: message(6, { mentions: [ADA.id] }) })
  says('room.updated', { room })
  says('message.created', { message: message(7) })
  expect(garden()).toMatchObject({ name: 'yard', unread_count: 2, mention_count: 1 })
  says('message.created', { message: message(8) })
  expect(garden()).toMatchObject({ unread_count: 3, mention_count: 1 })
})

test('a changed room that is ahead of its messages leaves them to be counted', () => {
  const { unread_count, mention_count, last_read_seq, ...room } = myRoom({ name: 'yard', last_seq: 6 })
  says('room.updated', { room })
  says('message.created', { message: message(5) })
  says('message.created', { message: message(6, { mentions: [ADA.id] }) })
  expect(garden()).toMatchObject({ name: 'yard', unread_count: 2, mention_count: 1, last_seq: 6 })
})

test('rooms that I do not want to hear of count only where I am meant', () => {
  says('preferences.updated', {
    user_id: ADA.id,
    notify: 'nothing',
    is_favourite: false,
    position: null,
    is_closed: false,
  })
  says('message.created', { message: message(5) })
  says('message.created', { message: message(6, { mentions: [ADA.id] }) })
  expect(garden()).toMatchObject({ unread_count: 2, mention_count: 1 })
  expect(rooms.unread).toBe(1)
})

test('how somebody else wants a room is nothing to me', () => {
  says('preferences.updated', {
    user_id: GRACE.id,
    notify: 'nothing',
    is_favourite: true,
    position: 0,
    is_closed: false,
  })
  expect(garden()).toMatchObject({ notify: 'mentions', is_favourite: false, position: null })
})

test('a direct room goes by the name of the other, and comes back with the next message', () => {
  rooms.put(myRoom({ direct: [ADA, GRACE], is_closed: true }))
  expect(rooms.listed.map(room => room.id)).toEqual(['attic'])
  says('message.created', { message: message(5) })
  expect(rooms.sections.direct.map(rooms.nameOf)).toEqual(['Grace Hopper'])
  rooms.apply({ id: 'e', type: 'user.updated', data: { user: { ...GRACE, display_name: 'Amazing Grace' } } })
  expect(rooms.sections.direct.map(rooms.nameOf)).toEqual(['Amazing Grace'])
})

test('a renamed room keeps what I have not read', () => {
  says('message.created', { message: message(5) })
  const { unread_count, mention_count, last_read_seq, ...room } = myRoom({ name: 'yard', last_seq: 5 })
  says('room.updated', { room })
  expect(garden()).toMatchObject({ name: 'yard', unread_count: 1 })
})

const leaves = (room_id: string) =>
  rooms.apply({ id: 'e', type: 'member.left', data: { room_id, member: { user: ADA } } } as never)

test('a room that is deleted, or that I am taken out of, goes and is known as lost', () => {
  says('room.deleted', { room: myRoom() })
  expect(garden()).toBeNull()
  expect(rooms.lost).toEqual({ id: ROOM, name: 'garden', is_deleted: true })
  leaves('attic')
  expect(rooms.all).toEqual([])
  expect(rooms.lost).toEqual({ id: 'attic', name: 'attic', is_deleted: false })
})

test('a room that I leave or delete myself is not lost, whichever comes first, the answer or the event', async () => {
  await rooms.quit(ROOM, async () => leaves(ROOM))
  await rooms.quit('attic', async () => {})
  leaves('attic')
  expect(rooms.all).toEqual([])
  expect(rooms.lost).toBeNull()
})

test('a room that I could not leave stays, and can be lost later', async () => {
  const refused = rooms.quit(ROOM, () => Promise.reject(new Error('The owner hands over first.')))
  expect(refused).rejects.toThrow('hands over')
  await refused.catch(() => {})
  expect(garden()).not.toBeNull()
  leaves(ROOM)
  expect(rooms.lost?.id).toBe(ROOM)
})
