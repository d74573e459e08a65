import type { StreamEvent } from '../../shared/events.ts'
import type { Message } from '../../shared/messages.ts'
import type { MyRoom, NewRoom, Room, RoomChange } from '../../shared/rooms.ts'
import type { Api } from '../api.ts'
import { createObservable } from './observable.ts'
import { createReadMarks } from './read-marks.ts'

export type Rooms = ReturnType<typeof createRooms>
/** A room that I have just come into. */
const UNTOUCHED = {
  unread_count: 0,
  mention_count: 0,
  notify: 'mentions',
  is_favourite: false,
  position: null,
  is_closed: false,
} as const
/** A room that was taken from me while I was here. */
export type LostRoom = { id: string; name: string; is_deleted: boolean }

/** The rooms I am in, with what I have not read. */
export function createRooms(api: Api, my_id: string) {
  const { subscribe, changed } = createObservable()
  const marks = createReadMarks(api.read)
  let rooms: MyRoom[] = []
  let ready = false
  let problem: string | null = null
  let lost: LostRoom | null = null
  /** Rooms I go out of by my own will: that they are gone is no news to me. */
  const quitting = new Set<string>()

  const find = (id: string) => rooms.find(room => room.id === id) ?? null

  function put(room: MyRoom) {
    rooms = [...rooms.filter(one => one.id !== room.id), room].sort(byName)
    changed()
  }

  /** What a room looks like to everybody, laid over what I know of it myself. */
  function merge(room: Room) {
    const mine = find(room.id) ?? { ...UNTOUCHED, last_read_seq: room.last_seq }
    put({ ...mine, ...room })
  }

  function remove(id: string) {
    rooms = rooms.filter(room => room.id !== id)
    changed()
  }

  function lose(id: string, is_deleted: boolean) {
    const room = find(id)
    if (room && !quitting.has(id)) lost = { id, name: room.name, is_deleted }
    remove(id)
  }

  async function quit(id: string, how: () => Promise<unknown>) {
    quitting.add(id)
    try {
      await how()
    } catch (error) {
      quitting.delete(id)
      throw error
    }
    remove(id)
  }

  async function load() {
    problem = null
    changed()
    try {
      rooms = (await api.rooms()).rooms.sort(byName)
      ready = true
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
    }
    changed()
  }

  function count(message: Message) {
    const room = find(message.room_id)
    if (!room || message.seq <= room.last_seq) return
    const seen = { ...room, last_seq: message.seq, last_message_at: message.timestamp }
    if (message.sender_id === my_id) return put(readUpTo(seen, message.seq))
    const mentions = message.mentions.includes(my_id) ? 1 : 0
    put({ ...seen, unread_count: room.unread_count + 1, mention_count: room.mention_count + mentions })
  }

  return {
    subscribe,
    load,
    find,
    put,
    quit,
    /** The last one. */
    get lost() {
      return lost
    },
    get all(): readonly MyRoom[] {
      return rooms
    },
    get ready() {
      return ready
    },
    get problem() {
      return problem
    },
    get unread() {
      return rooms.reduce((sum, room) => sum + room.unread_count, 0)
    },

    async create(settings: Partial<NewRoom>) {
      const { room } = await api.createRoom(settings)
      merge(room)
      return room
    },
    async change(id: string, change: RoomChange) {
      merge((await api.changeRoom(id, change)).room)
    },
    async join(id: string) {
      const { room } = await api.join(id)
      quitting.delete(id)
      merge(room)
      return room
    },
    leave: (id: string) => quit(id, () => api.leave(id)),
    keepMarks: marks.flush,
    /** At once here, and on the server when it gets to it; a lost mark is made good by the next one. */
    markRead(id: string, message: Pick<Message, 'id' | 'seq'>) {
      const room = find(id)
      if (!room || (message.seq <= room.last_read_seq && room.unread_count === 0)) return
      put(readUpTo(room, message.seq))
      marks.put(id, message.id)
    },

    apply(event: StreamEvent) {
      switch (event.type) {
        case 'message.created':
          return count(event.data.message)
        case 'room.created':
        case 'room.updated':
        case 'room.cleared':
          return merge(event.data.room)
        case 'room.restored':
          return void load()
        case 'room.deleted':
          return lose(event.data.room_id, true)
        case 'member.joined':
          if (event.data.member.user.id !== my_id || find(event.data.room_id)) return
          quitting.delete(event.data.room_id)
          return void load()
        case 'member.left':
          return event.data.member.user.id === my_id ? lose(event.data.room_id, false) : undefined
        case 'read.updated': {
          const room = find(event.data.room_id)
          if (!room || event.data.user_id !== my_id || event.data.last_read_seq < room.last_read_seq) return
          const { last_read_seq, unread_count } = event.data
          put({ ...room, last_read_seq, unread_count, mention_count: unread_count ? room.mention_count : 0 })
        }
      }
    },
  }
}

function readUpTo(room: MyRoom, seq: number): MyRoom {
  return { ...room, last_read_seq: Math.max(room.last_read_seq, seq), unread_count: 0, mention_count: 0 }
}

function byName(one: Room, other: Room): number {
  return (
    one.name.localeCompare(other.name, undefined, { numeric: true, sensitivity: 'base' }) ||
    (one.id < other.id ? -1 : 1)
  )
}
