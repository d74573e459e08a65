import { beforeEach, expect, test } from 'bun:test'
import type { Api } from '../../../src/client/api.ts'
import { createRooms, type Rooms } from '../../../src/client/stores/rooms.ts'
import type { StreamEvent } from '../../../src/shared/events.ts'
import { ADA, message, myRoom, ROOM } from '../conversation.ts'

let rooms: Rooms
let read: string[]

const says = (type: StreamEvent['type'], data: object) =>
  rooms.apply({ id: 'e-2', type, data: { room_id: ROOM, ...data } } as StreamEvent)
const garden = () => rooms.find(ROOM)

beforeEach(async () => {
  read = []
  const api = {
    rooms: async () => ({ rooms: [myRoom({ last_seq: 4, last_read_seq: 4 }), myRoom({ id: 'attic', name: 'attic' })] }),
    read: async (_: string, id: string) => void read.push(id),
  }
  rooms = createRooms(api as unknown as Api, ADA.id)
  await rooms.load()
})

test('rooms stand in alphabetical order', () => {
  expect(rooms.all.map(room => room.name)).toEqual(['attic', 'garden'])
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

test('reading is told to the server once', () => {
  says('message.created', { message: message(5) })
  rooms.markRead(ROOM, { id: 'm5', seq: 5 })
  rooms.markRead(ROOM, { id: 'm5', seq: 5 })
  expect(garden()?.unread_count).toBe(0)
  expect(read).toEqual(['m5'])
})

test('what another tab has read is read here, and an older mark changes nothing', () => {
  says('message.created', { message: message(5) })
  says('read.updated', { user_id: ADA.id, message_id: 'm3', last_read_seq: 3, unread_count: 9 })
  expect(garden()?.unread_count).toBe(1)
  says('read.updated', { user_id: ADA.id, message_id: 'm5', last_read_seq: 5, unread_count: 0 })
  expect(garden()?.unread_count).toBe(0)
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
