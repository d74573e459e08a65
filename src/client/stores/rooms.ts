import type { StreamEvent } from '../../shared/events.ts'
import type { Message } from '../../shared/messages.ts'
import type { MyRoom, NewRoom, Room, RoomChange } from '../../shared/rooms.ts'
import type { User } from '../../shared/users.ts'
import type { Api } from '../api.ts'
import { partnerIn, roomName } from './direct-rooms.ts'
import { createObservable, type Observable } from './observable.ts'
import { createReadMarks } from './read-marks.ts'
import { type RoomSections, sectionsOf, unreadToTell } from './room-order.ts'

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
/** Everything of a room that does not change by what is said and read in it. */
function settings(room: MyRoom | null): unknown[] {
  const progress = { last_seq: 0, last_message_at: null, unread_count: 0, mention_count: 0, last_read_seq: 0 }
  return room ? Object.values({ ...room, ...progress, is_closed: false }) : []
}

/** A room that was taken from me while I was here. */
export type LostRoom = { id: string; name: string; is_deleted: boolean }

/** The rooms I am in, with what I have not read. */
export function createRooms(api: Api, my_id: string) {
  const { subscribe, changed } = createObservable()
  const marks = createReadMarks(api.read)
  let rooms: MyRoom[] = []
  let sections: RoomSections = { favourites: [], rooms: [], direct: [] }
  let ready = false
  let problem: string | null = null
  let lost: LostRoom | null = null
  /** Rooms I go out of by my own will: that they are gone is no news to me. */
  const quitting = new Set<string>()
  /** Rooms that I marked unread: what I see of them does not count as read before I come back. */
  const unread = new Set<string>()
  /** Rooms whose counts the server is being asked for; true where that must be asked once more. */
  const recounting = new Map<string, boolean>()

  const find = (id: string) => rooms.find(room => room.id === id) ?? null

  function settle(next: MyRoom[]) {
    rooms = next
    sections = sectionsOf(rooms, my_id)
    changed()
  }

  function put(room: MyRoom) {
    settle([...rooms.filter(one => one.id !== room.id), room])
  }

  /**
   * What a room looks like to everybody, laid over what I know of it myself. How far it has come is what its messages
   * tell, as they are counted: an answer may be ahead of them, or an event behind what was counted for me.
   */
  function merge(room: Room) {
    const mine = find(room.id)
    if (!mine) return put({ ...UNTOUCHED, last_read_seq: room.last_seq, ...room })
    const { last_seq, last_message_at } = mine
    put({ ...mine, ...room, last_seq, last_message_at })
  }

  /** All that I had not read went with the rest. */
  function empty(room: Room, before_seq: number) {
    merge(room)
    const mine = find(room.id)
    if (mine) put(readUpTo(mine, before_seq - 1))
  }

  function rename(user: User) {
    const knows = (room: MyRoom) => room.direct?.some(one => one.id === user.id)
    if (!rooms.some(knows)) return
    const renamed = (one: User) => (one.id === user.id ? user : one)
    settle(rooms.map(room => (knows(room) ? { ...room, direct: room.direct?.map(renamed) ?? null } : room)))
  }

  function remove(id: string) {
    settle(rooms.filter(room => room.id !== id))
  }

  function lose(id: string, is_deleted: boolean) {
    const room = find(id)
    if (room && !quitting.has(id)) lost = { id, name: roomName(room, my_id), is_deleted }
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
      const answer = await api.rooms()
      ready = true
      return settle(answer.rooms)
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
    }
    changed()
  }

  /** What an unread message was to me that is deleted or changed is for the server to know. */
  async function recount(id: string) {
    if (recounting.has(id)) return void recounting.set(id, true)
    recounting.set(id, false)
    const answer = await api.room(id).catch(() => null)
    const is_stale = recounting.get(id)
    recounting.delete(id)
    const room = find(id)
    if (!room || !answer) return
    if (is_stale || answer.room.last_seq < room.last_seq) return recount(id)
    const { last_read_seq, unread_count, mention_count, last_seq, last_message_at } = answer.room
    if (last_read_seq !== room.last_read_seq) return
    // What was said since is counted already, though I have yet to hear of it.
    const is_closed = room.is_closed && last_seq === room.last_seq
    put({ ...room, unread_count, mention_count, last_seq, last_message_at, is_closed })
  }

  /** The end of an answer, a reaction or a pin is no reason to ask, unless I may be meant. */
  function reconsider({ room_id, seq, edited_at, mentions }: Message) {
    const room = find(room_id)
    if (room && seq > room.last_read_seq && (edited_at || mentions.includes(my_id))) void recount(room_id)
  }

  function count(message: Message) {
    const room = find(message.room_id)
    if (!room || message.seq <= room.last_seq) return
    const seen = { ...room, last_seq: message.seq, last_message_at: message.timestamp, is_closed: false }
    if (message.sender_id === my_id) {
      unread.delete(room.id)
      return put(readUpTo(seen, message.seq))
    }
    const is_meant = message.mentions.includes(my_id) || message.reply_to_sender_id === my_id
    const mention_count = room.mention_count + (is_meant ? 1 : 0)
    put({ ...seen, unread_count: room.unread_count + 1, mention_count })
  }

  return {
    subscribe,
    /**
     * Tells what becomes of one room, but not how far it has come: that changes with every message, and whoever shows
     * the room from the inside has the messages themselves.
     */
    settingsOf: (id: string): Observable => ({
      subscribe(listener) {
        let before = settings(find(id))
        return subscribe(() => {
          const now = settings(find(id))
          const is_same = now.length === before.length && now.every((value, at) => value === before[at])
          before = now
          if (!is_same) listener()
        })
      },
    }),
    load,
    find,
    put,
    quit,
    putInPlace: (place: (id: string) => number | null) =>
      settle(rooms.map(room => ({ ...room, position: place(room.id) }))),
    /** The last one. */
    get lost() {
      return lost
    },
    /** Those that I closed are among them. */
    get all(): readonly MyRoom[] {
      return rooms
    },
    get sections(): Readonly<RoomSections> {
      return sections
    },
    /** In the order in which they are shown. */
    get listed(): readonly MyRoom[] {
      return [...sections.favourites, ...sections.rooms, ...sections.direct]
    },
    nameOf: (room: Pick<Room, 'name' | 'direct'>) => roomName(room, my_id),
    partnerIn: (room: Pick<Room, 'direct'>) => partnerIn(room, my_id),
    get ready() {
      return ready
    },
    get problem() {
      return problem
    },
    get unread() {
      return rooms.reduce((sum, room) => sum + unreadToTell(room), 0)
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
      if (!room || unread.has(id) || (message.seq <= room.last_read_seq && room.unread_count === 0)) return
      put(readUpTo(room, message.seq))
      marks.put(id, message.id)
    },

    /** Everything behind this message, or all of it, until I leave the room and come back, or write there. */
    async markUnread(id: string, last_read: Pick<Message, 'id'> | null) {
      unread.add(id)
      marks.forget(id)
      try {
        await api.read(id, last_read?.id ?? null)
      } catch (error) {
        unread.delete(id)
        throw error
      }
    },
    /** I go somewhere else; what I see when I come back is read. */
    turnFrom: (id: string) => unread.delete(id),

    apply(event: StreamEvent) {
      switch (event.type) {
        case 'message.created':
          return count(event.data.message)
        case 'room.created':
        case 'room.updated':
          return merge(event.data.room)
        case 'room.cleared':
          return empty(event.data.room, event.data.before_seq)
        case 'message.updated':
          return reconsider(event.data.message)
        case 'message.deleted':
          return find(event.data.room_id)?.unread_count ? void recount(event.data.room_id) : undefined
        case 'user.updated':
          return rename(event.data.user)
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
          const { room_id, user_id, last_read_seq, unread_count } = event.data
          const room = find(room_id)
          if (!room || user_id !== my_id) return
          // Older than what I say myself right now. Otherwise somebody marked the rest unread.
          if (last_read_seq < room.last_read_seq && marks.isTelling(room_id)) return
          const mention_count = event.data.mention_count ?? (unread_count ? room.mention_count : 0)
          return put({ ...room, last_read_seq, unread_count, mention_count })
        }
        case 'preferences.updated': {
          const { room_id, user_id, ...preferences } = event.data
          const room = find(room_id)
          return room && user_id === my_id ? put({ ...room, ...preferences }) : undefined
        }
      }
    },
  }
}

function readUpTo(room: MyRoom, seq: number): MyRoom {
  return { ...room, last_read_seq: Math.max(room.last_read_seq, seq), unread_count: 0, mention_count: 0 }
}
