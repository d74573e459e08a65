import { beforeEach, expect, test } from 'bun:test'
import type { Api } from '../../../src/client/api.ts'
import { createRoomWishes, type RoomWishes } from '../../../src/client/stores/room-wishes.ts'
import { createRooms, type Rooms } from '../../../src/client/stores/rooms.ts'
import { ADA, GRACE, message, myRoom } from '../conversation.ts'

let rooms: Rooms
let wishes: RoomWishes
let asked: string[]
/** Keeps the server's answer back until it is called. */
let answer: { yes: () => void; no: () => void }

beforeEach(async () => {
  asked = []
  const api = {
    call: (method: string, path: string, body: unknown) => {
      asked.push(`${method} ${path} ${JSON.stringify(body)}`)
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      answer = {
        yes: () => resolve({ rooms: [], room: myRoom({ id: 'direct', direct: [ADA, GRACE] }) }),
        no: () => reject(new Error('The server cannot be reached.')),
      }
      return promise
    },
    rooms: async () => ({
      rooms: [
        myRoom({ id: 'a', name: 'a' }),
        myRoom({ id: 'b', name: 'b', unread_count: 2, last_seq: 9 }),
        myRoom({ id: 'c', name: 'c' }),
        myRoom({ id: 'x', name: 'x', is_favourite: true }),
      ],
    }),
    messages: async () => ({ messages: [message(9)] }),
    read: async (id: string, message_id: string) => void asked.push(`read ${id} ${message_id}`),
  }
  rooms = createRooms(api as unknown as Api, ADA.id)
  wishes = createRoomWishes(api as unknown as Api, rooms)
  await rooms.load()
})

const shown = () => rooms.listed.map(room => room.id).join(' ')

test('a wish shows at once and stays when the server agrees', async () => {
  const wish = wishes.prefer('c', { is_favourite: true })
  expect(shown()).toBe('c x a b')
  answer.yes()
  await wish
  expect(shown()).toBe('c x a b')
  expect(asked).toEqual(['PATCH /api/rooms/c/preferences {"is_favourite":true}'])
})

test('where the server says no the wish alone is taken back', async () => {
  const wish = wishes.prefer('c', { notify: 'nothing' })
  rooms.put({ ...myRoom(), id: 'c', name: 'c', notify: 'nothing', unread_count: 4 })
  answer.no()
  await expect(wish).rejects.toThrow('cannot be reached')
  expect(rooms.find('c')).toMatchObject({ notify: 'mentions', unread_count: 4 })
})

test('a room moves by steps within its part, and back when that could not be kept', async () => {
  expect([wishes.canStep('a', -1), wishes.canStep('a', 1), wishes.canStep('x', 1)]).toEqual([false, true, false])
  const wish = wishes.step('a', 1)
  expect(shown()).toBe('x b a c')
  expect(asked).toEqual(['PUT /api/rooms/order {"room_ids":["b","a"]}'])
  answer.no()
  await expect(wish).rejects.toThrow()
  expect(shown()).toBe('x a b c')
})

test('a room that is dropped among the favourites becomes one, at that place', async () => {
  const wish = wishes.drop('c', 'x', false)
  answer.yes()
  await Bun.sleep(0)
  answer.yes()
  await wish
  expect(shown()).toBe('c x a b')
  expect(asked).toEqual([
    'PATCH /api/rooms/c/preferences {"is_favourite":true}',
    'PUT /api/rooms/order {"room_ids":["c"]}',
  ])
})

test('a room is marked as read up to its last message, even if I marked it unread', async () => {
  await rooms.markUnread('b', null)
  await wishes.markRead('b')
  expect(rooms.find('b')?.unread_count).toBe(0)
  await Bun.sleep(1)
  expect(asked).toEqual(['read b null', 'read b m9'])
})

test('talking to somebody puts our room into the list', async () => {
  const wish = wishes.talkTo(GRACE.id)
  answer.yes()
  expect((await wish).id).toBe('direct')
  expect(rooms.sections.direct.map(room => room.id)).toEqual(['direct'])
})
