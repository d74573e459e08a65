import { Refusal } from '../api.ts'
import type { Application, Desk } from '../application.ts'
import { type Route, roomPath } from '../router.ts'
import type { Badge } from '../stores/badge.ts'
import { visitedRooms } from '../stores/visits.ts'

/** What the page without a room says, or that it is there to find something. */
export type Emptiness = 'loading' | 'welcome' | 'missing' | 'lost' | 'failed' | 'search' | 'inbox'

export type Destination = {
  go?: string
  room_id: string | null
  message_id: string | null
  kind: Emptiness
}

const nowhere = (kind: Emptiness): Destination => ({ room_id: null, message_id: null, kind })

/** What an address means to somebody who is signed in: a room, a message in a room, or a page that says why not. */
export async function destinationOf(
  route: Route,
  app: Pick<Application, 'api'>,
  desk: Pick<Desk, 'rooms'>,
): Promise<Destination> {
  if (route.name === 'room') return { room_id: route.room_id, message_id: null, kind: 'loading' }
  if (route.name === 'message') return byHash(route.hash, app)
  if (route.name === 'search' || route.name === 'inbox') return nowhere(route.name)
  if (route.name !== 'home') return nowhere('missing')
  if (!desk.rooms.ready) return nowhere(desk.rooms.problem ? 'failed' : 'loading')
  const { listed } = desk.rooms
  const last = visitedRooms().flatMap(id => listed.find(room => room.id === id) ?? [])[0] ?? listed[0]
  return last ? { ...nowhere('loading'), go: roomPath(last.id) } : nowhere('welcome')
}

async function byHash(hash: string, app: Pick<Application, 'api'>): Promise<Destination> {
  try {
    const { message, room } = await app.api.messageByHash(hash)
    return { room_id: room.id, message_id: message.id, kind: 'loading' }
  } catch (error) {
    return nowhere(error instanceof Refusal && error.status < 500 ? 'missing' : 'failed')
  }
}

/** With the number of messages that are meant for me, or a dot where there are only others. */
export function titleOf(room: string | null, { meant, more }: Badge): string {
  return `${meant ? `(${meant}) ` : more ? '• ' : ''}${room ? `${room} · ` : ''}GroupChat`
}
