import type { keyHolder } from '../support/key-holder.ts'
import type { Person } from '../support/person.ts'
import { png } from '../support/pictures.ts'
import type { Cast } from './cast.ts'
import type { Place } from './place.ts'
import { type Expectation, memberOfRoom, nowhere, type Who } from './policies.ts'

/** Who calls, and where. Those outside stand before the same things as those inside. */
export type Scene = { who: Who; person: Person; cast: Cast; place: Place }

/** What a call consists of besides its route; a parameter that is not named is that of the scene's room or message. */
export type Call = {
  params?: Record<string, string>
  /** The whole path, where a route takes any. */
  path?: string
  query?: string
  body?: unknown
  form?: FormData
  cookie?: string
  /** Of another session of the one who calls. Those outside have but the one they have. */
  token?: string
}
export type Make = (scene: Scene) => Call | Promise<Call>

/** `about` is how a failure names it. */
export type Case = { about: string; expected: Expectation; call: Make }

const plain: Make = () => ({})

export function to(about: string, expected: Expectation, call: Make = plain): Case {
  return { about, expected, call }
}

/** A call about nothing in particular. */
export function alone(expected: Expectation, call?: Make): Case[] {
  return [to('', expected, call)]
}

/** About a room: the scene's own, none, and one that its owner has deleted. */
export function aRoom(expected: Expectation, call?: Make): Case[] {
  return [
    to('a room', expected, call),
    to('no room', nowhere(), naming({ room_id: nothing() }, call)),
    to('a deleted room', nowhere(), async scene =>
      naming({ room_id: (await scene.place.deleted()).room.id }, call)(scene),
    ),
  ]
}

/** The same for a room that is named in the body. */
export function aNamedRoom(expected: Expectation, call: (room_id: string) => Make): Case[] {
  return [
    to('a room', expected, async scene => call((await scene.place.home()).room.id)(scene)),
    to('no room', nowhere(), call(nothing())),
    to('a deleted room', nowhere(), async scene => call((await scene.place.deleted()).room.id)(scene)),
  ]
}

/** About an answer that the member has asked the assistant for, and about what is none. */
export function anAnswer(expected: Expectation, call?: Make): Case[] {
  return [
    to('an answer to the member', expected, async scene =>
      naming({ message_id: (await scene.place.answer()).id }, call)(scene),
    ),
    to('a message of a person', memberOfRoom('409 not_an_answer', 'message'), call),
    to('a message of another room', nowhere('message'), scene =>
      naming({ message_id: scene.cast.elsewhere.message.id }, call)(scene),
    ),
    to('a message of a deleted room', nowhere('message'), async scene =>
      naming({ message_id: (await scene.place.deleted()).message.id }, call)(scene),
    ),
    to('no message', nowhere('message'), naming({ message_id: nothing() }, call)),
  ]
}

/** About what the owner has said, and about what is not there. */
export function aMessage(expected: Expectation, call?: Make): Case[] {
  return [
    to('a message of the owner', expected, call),
    to('a message of another room', nowhere('message'), scene =>
      naming({ message_id: scene.cast.elsewhere.message.id }, call)(scene),
    ),
    to('a message of a deleted room', nowhere('message'), async scene =>
      naming({ message_id: (await scene.place.deleted()).message.id }, call)(scene),
    ),
    to('no message', nowhere('message'), naming({ message_id: nothing() }, call)),
  ]
}

export function saying(body: unknown): Make {
  return () => ({ body })
}

export function naming(params: Record<string, string>, call: Make = plain): Make {
  return async scene => {
    const made = await call(scene)
    return { ...made, params: { ...made.params, ...params } }
  }
}

export function carrying(call: Make, body: unknown): Make {
  return async scene => ({ ...(await call(scene)), body })
}

export function into(more: Record<string, unknown>): (room_id: string) => Make {
  return room_id => saying({ room_id, ...more })
}

/** The name of a thing that is not there. */
export function nothing(): string {
  return crypto.randomUUID()
}

export async function picture(room_id?: string): Promise<FormData> {
  const form = new FormData()
  form.set('file', new File([new Uint8Array(await png())], 'picture.png', { type: 'image/png' }))
  if (room_id !== undefined) form.set('room_id', room_id)
  return form
}

/** What a key signs that the server has asked for, and the cookie that goes with it. */
export async function proof(key: ReturnType<typeof keyHolder>, more: Record<string, unknown> = {}): Promise<Call> {
  const asked = await key.asks()
  return { body: { event: key.signs(asked), ...more }, cookie: asked.cookie }
}

export const draft: Make = () => ({ body: { content: 'hello', client_id: nothing() } })
export const member: Make = ({ cast }) => ({ params: { user_id: cast.people.member.user.id } })
export const owner: Make = ({ cast }) => ({ params: { user_id: cast.people.owner.user.id } })
export const former: Make = ({ cast }) => ({ params: { user_id: cast.people.former.user.id } })
export const guest: Make = async ({ place }) => ({ params: { user_id: (await place.guest()).user.id } })
/** The first message of the one who calls; of who has none, that of the owner. */
export const ownMessage: Make = async ({ who, place }) => {
  const { message, messages } = await place.home()
  return { params: { message_id: (messages.get(who) ?? message).id } }
}
export const answer: Make = async ({ place }) => ({ params: { message_id: (await place.answer()).id } })
export const deletedRoom: Make = async ({ place }) => ({ params: { room_id: (await place.deleted()).room.id } })
