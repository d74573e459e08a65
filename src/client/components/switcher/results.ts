import type { IconNode } from 'lucide'
import type { MyRoom } from '../../../shared/rooms.ts'
import type { User } from '../../../shared/users.ts'
import { roomName } from '../../stores/direct-rooms.ts'
import { unreadToTell } from '../../stores/room-order.ts'
import { fit, fitWords } from './fuzzy.ts'

/** Something that the page does when it is asked by name. */
export type SwitcherAct = {
  name: string
  /** Other words that lead to it. */
  also?: string
  note?: string
  icon: IconNode
  act: () => unknown
}

export type Result =
  | { kind: 'room'; key: string; room: MyRoom }
  | { kind: 'person'; key: string; user: User }
  | { kind: 'act'; key: string; act: SwitcherAct }
  | { kind: 'search'; key: string; query: string }
export type ResultGroup = { title: string; results: Result[] }

export type Known = {
  my_id: string
  rooms: readonly MyRoom[]
  people: readonly User[]
  acts: readonly SwitcherAct[]
  /** Ids of rooms, the last visited first. */
  visited: readonly string[]
  /** The room I am in. */
  current: string | null
}

const SHOWN = { recent: 10, rooms: 8, people: 6, acts: 6 }
/** A room that was visited, or has something unread, wins over one that fits a little better. */
const UNREAD_WEIGHT = 3
const VISITED_WEIGHT = 3

/** What a query leads to; with nothing typed, where one was last. */
export function resultsFor(query: string, known: Known): ResultGroup[] {
  const groups = query.trim()
    ? [
        { title: 'Rooms', results: roomsFor(query, known) },
        { title: 'People', results: peopleFor(query, known).slice(0, SHOWN.people) },
        { title: 'Commands', results: actsFor(query, known) },
        { title: 'Messages', results: [{ kind: 'search' as const, key: 'search', query: query.trim() }] },
      ]
    : [{ title: 'Recent', results: recentOf(known) }]
  return groups.filter(group => group.results.length)
}

/** Whom one could talk to. */
export function peopleResults(query: string, known: Known): ResultGroup[] {
  const results = peopleFor(query, known)
  return results.length ? [{ title: 'People', results }] : []
}

function recentOf({ rooms, visited, current }: Known): Result[] {
  const elsewhere = rooms.filter(room => !room.is_closed && room.id !== current)
  const unread = elsewhere.filter(room => unreadToTell(room) > 0).sort(byNews)
  const others = elsewhere.filter(room => !unread.includes(room))
  const seen = visited.flatMap(id => others.find(room => room.id === id) ?? [])
  const unseen = others.filter(room => !seen.includes(room)).sort(byNews)
  return [...unread, ...seen, ...unseen].slice(0, SHOWN.recent).map(asRoom)
}

function roomsFor(query: string, { rooms, my_id, visited }: Known): Result[] {
  const recency = (room: MyRoom) => {
    const at = visited.indexOf(room.id)
    return at < 0 ? 0 : 1 - at / visited.length
  }
  const weight = (room: MyRoom) => (unreadToTell(room) ? UNREAD_WEIGHT : 0) + recency(room) * VISITED_WEIGHT
  return best(
    rooms.filter(room => !room.direct),
    room => fit(query, roomName(room, my_id)),
    weight,
  )
    .slice(0, SHOWN.rooms)
    .map(asRoom)
}

/** Whoever I talk to already comes first. */
function peopleFor(query: string, { people, rooms, my_id }: Known): Result[] {
  const partners = rooms.flatMap(room => room.direct?.filter(user => user.id !== my_id) ?? [])
  const all = new Map([...partners, ...people].map(user => [user.id, user]))
  const known = new Set(partners.map(user => user.id))
  const fits = (user: User) => {
    const scores = [fit(query, user.display_name), fit(query.replace(/^@/, ''), user.handle)]
    return scores.reduce((one, other) => (one === null || (other !== null && other > one) ? other : one))
  }
  return best([...all.values()], fits, user => (known.has(user.id) ? VISITED_WEIGHT : 0)).map(user => ({
    kind: 'person',
    key: `person-${user.id}`,
    user,
  }))
}

function actsFor(query: string, { acts }: Known): Result[] {
  return best(acts, act => fitWords(query.replace(/^\//, ''), `${act.name} ${act.also ?? ''}`))
    .slice(0, SHOWN.acts)
    .map(act => ({ kind: 'act', key: `act-${act.name}`, act }))
}

/** Those that fit, the best first. */
function best<T>(all: readonly T[], fits: (one: T) => number | null, weight: (one: T) => number = () => 0): T[] {
  return all
    .flatMap(one => {
      const score = fits(one)
      return score === null ? [] : [{ one, score: score + weight(one) }]
    })
    .sort((one, other) => other.score - one.score)
    .map(({ one }) => one)
}

const asRoom = (room: MyRoom): Result => ({ kind: 'room', key: `room-${room.id}`, room })
const byNews = (one: MyRoom, other: MyRoom) => ((one.last_message_at ?? '') < (other.last_message_at ?? '') ? 1 : -1)
