import type { MyRoom } from '../../shared/rooms.ts'
import type { Application, Desk } from '../application.ts'
import type { DialogName } from '../components/rooms/dialogs.ts'
import type { OpenRoom } from '../stores/open-room.ts'
import { type Rights, rightsOf } from '../stores/rights.ts'

/** Where a command is given, and what it can reach. */
export type Place = {
  app: Pick<Application, 'api'>
  desk: Pick<Desk, 'me' | 'rooms' | 'models'>
  room: Pick<OpenRoom, 'id' | 'details'>
  /** Shows one of the page's dialogs. */
  show: (dialog: DialogName, subject?: unknown) => void
  /** Posts a message as if it had been typed. */
  say: (content: string) => void
  /** Tells whoever gave the command what came of it, also later, once a dialog was answered. */
  tell: (told: Told) => void
}

/** A sentence, or the commands there are. */
export type Told = string | readonly Pick<Command, 'usage' | 'words'>[]

/** What may stand behind the command, as it is offered. */
export type Choice = { insert: string; title: string; note: string }

export type Command = {
  name: string
  /** Name and argument, as in `/topic text`. */
  usage: string
  /** What it does, in one line. */
  words: string
  may: (rights: Rights, room: MyRoom) => boolean
  /** Why not, to somebody who may not. */
  refusal: string
  choices?: (typed: string, place: Place) => Choice[]
  /** What came of it, where that can be told at once. Throws an error whose message says what is wrong. */
  run: (argument: string, place: Place) => Promise<Told | null> | Told | null
}

/** What I may do here, and the room as I know it. */
export function standing({ desk, room }: Pick<Place, 'desk' | 'room'>): { rights: Rights; info: MyRoom } | null {
  const info = desk.rooms.find(room.id)
  return info && { rights: rightsOf(desk.me, room.details.member(desk.me.id), info), info }
}

export const OWNER_ONLY = 'Only the owner of the room and admins can do that.'
