import type { MyRoom, RoomPreferences } from '../../shared/rooms.ts'
import type { Api } from '../api.ts'
import { roomListCalls } from '../calls/room-list.ts'
import { orderAfter } from './room-places.ts'
import type { Rooms } from './rooms.ts'

export type RoomWishes = ReturnType<typeof createRoomWishes>

/**
 * How I want my rooms: shown at once, kept on the server, and taken back where the server says no. Every wish rejects with
 * what it said.
 */
export function createRoomWishes(api: Pick<Api, 'call' | 'messages'>, rooms: Rooms) {
  const calls = roomListCalls(api)

  async function prefer(id: string, wanted: RoomPreferences) {
    const before = rooms.find(id)
    if (!before) return
    rooms.put({ ...before, ...wanted })
    try {
      await calls.prefer(id, wanted)
    } catch (error) {
      const room = rooms.find(id)
      if (room) rooms.put({ ...room, ...picked(before, wanted) })
      throw error
    }
  }

  async function place(id: string, to: number) {
    const before = new Map(rooms.all.map(room => [room.id, room.position]))
    const order = orderAfter(rooms.sections, id, to)
    const places = new Map(order.map((room_id, at) => [room_id, at]))
    rooms.putInPlace(room_id => places.get(room_id) ?? null)
    try {
      await calls.putInOrder(order)
    } catch (error) {
      rooms.putInPlace(room_id => before.get(room_id) ?? null)
      throw error
    }
  }

  /** Those among which a room can be moved. */
  function beside(id: string): readonly MyRoom[] {
    const { favourites, rooms: others } = rooms.sections
    return [favourites, others].find(part => part.some(room => room.id === id)) ?? []
  }

  return {
    prefer,
    place,
    /** Whether there is a place above (-1) or below (1) to go to. */
    canStep(id: string, by: 1 | -1): boolean {
      const part = beside(id)
      const to = part.findIndex(room => room.id === id) + by
      return part.length > 1 && to >= 0 && to < part.length
    },
    /** Tells where the room stands now, counted from one. */
    async step(id: string, by: 1 | -1): Promise<{ at: number; of: number } | null> {
      if (!this.canStep(id, by)) return null
      const part = beside(id)
      const to = part.findIndex(room => room.id === id) + by
      await place(id, to)
      return { at: to + 1, of: part.length }
    },
    /** Beside another room, and so among the favourites or out of them. */
    async drop(id: string, target_id: string, after: boolean) {
      const room = rooms.find(id)
      const target = rooms.find(target_id)
      if (!room || !target || id === target_id) return
      const { is_favourite } = target
      if (is_favourite !== room.is_favourite) await prefer(id, { is_favourite })
      // Direct rooms go by their news instead.
      const part = beside(target_id)
      if (!part.some(one => one.id === id)) return
      const at = part.filter(one => one.id !== id).findIndex(one => one.id === target_id)
      await place(id, after ? at + 1 : at)
    },
    async markRead(id: string) {
      const last = (await api.messages(id, { limit: 1 })).messages.at(-1)
      // Also what I marked unread myself.
      rooms.turnFrom(id)
      if (last) rooms.markRead(id, last)
    },
    /** The room of me and somebody else. */
    async talkTo(user_id: string): Promise<MyRoom> {
      const { room } = await calls.talkTo(user_id)
      rooms.put(room)
      return room
    },
  }
}

function picked(room: MyRoom, wanted: RoomPreferences): RoomPreferences {
  const { notify, is_favourite, is_closed } = room
  const known = { notify, is_favourite, is_closed }
  return Object.fromEntries(Object.entries(known).filter(([name]) => name in wanted))
}
