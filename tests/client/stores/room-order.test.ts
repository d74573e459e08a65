import { expect, test } from 'bun:test'
import { sectionsOf } from '../../../src/client/stores/room-order.ts'
import { orderAfter } from '../../../src/client/stores/room-places.ts'
import type { MyRoom } from '../../../src/shared/rooms.ts'
import { ADA, ASSISTANT, GRACE, myRoom } from '../conversation.ts'

const room = (id: string, change: Partial<MyRoom> = {}) => myRoom({ id, name: id, ...change })
const names = (rooms: readonly MyRoom[]) => rooms.map(one => one.id).join(' ')
const shown = (rooms: readonly MyRoom[]) => {
  const { favourites, rooms: others, direct } = sectionsOf(rooms, ADA.id)
  return [favourites, others, direct].map(names)
}

test('rooms stand by the place I gave them and then by name, favourites apart', () => {
  const rooms = [
    room('room 10'),
    room('room 9'),
    room('Attic'),
    room('zoo', { position: 3 }),
    room('garden', { is_favourite: true }),
    room('yard', { is_favourite: true, position: 0 }),
  ]
  expect(shown(rooms)).toEqual(['yard garden', 'zoo Attic room 9 room 10', ''])
})

test('direct rooms stand by their newest words, those never used by their making, and closed ones nowhere', () => {
  const direct = [ADA, GRACE]
  const rooms = [
    room('old', { direct, last_message_at: '2026-11-20T09:10:00.000Z' }),
    room('fresh', { direct: [ADA, ASSISTANT], created_at: '2026-11-20T09:20:00.000Z' }),
    room('newest', { direct, last_message_at: '2026-11-20T09:30:00.000Z' }),
    room('closed', { direct, is_closed: true, last_message_at: '2026-11-20T09:40:00.000Z' }),
    room('dear', { direct, is_favourite: true }),
  ]
  expect(shown(rooms)).toEqual(['dear', '', 'newest fresh old'])
})

test('only rooms that were moved are named to the server, so that the others go on by name', () => {
  const sections = sectionsOf(
    ['a', 'b', 'c', 'd'].map(id => room(id)),
    ADA.id,
  )
  expect(orderAfter(sections, 'd', 1)).toEqual(['a', 'd'])
  expect(orderAfter(sections, 'a', 2)).toEqual(['b', 'c', 'a'])
  expect(orderAfter(sections, 'a', 0)).toEqual(['a'])
})

test('a room that moves leaves the other part and earlier places as they are', () => {
  const sections = sectionsOf(
    [
      room('x', { is_favourite: true, position: 0 }),
      room('y', { is_favourite: true }),
      room('c', { position: 1 }),
      room('a', { position: 2 }),
      room('b'),
      room('e'),
    ],
    ADA.id,
  )
  expect(names(sections.rooms)).toBe('c a b e')
  expect(orderAfter(sections, 'e', 0)).toEqual(['x', 'e', 'c', 'a'])
  expect(orderAfter(sections, 'y', 0)).toEqual(['y', 'x', 'c', 'a'])
})
