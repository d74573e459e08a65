import type { InviteMade } from '../../src/shared/invites.ts'
import type { Message, Upload } from '../../src/shared/messages.ts'
import { keyHolder } from '../support/key-holder.ts'
import type { Person } from '../support/person.ts'
import { png, sends } from '../support/pictures.ts'
import type { Cast } from './cast.ts'

export type Place = ReturnType<typeof createPlace>

/** A private room with its owner, a member, a muted one and one who has left, and what calls are about in it: made when asked for. */
export function createPlace(cast: Cast) {
  const { owner, member, muted, former, admin } = cast.people

  async function furnish() {
    const room = await owner.creates({ name: 'The room', visibility: 'public' })
    await Promise.all([member, muted, former].map(person => person.joins(room)))
    const inhabitants = { owner, member, muted, former }
    const [invite, said] = await Promise.all([
      invites(former, room),
      Promise.all(
        Object.entries(inhabitants).map(async ([who, person]) => {
          const message = await person.says(room, `hello from the ${who}`, { client_id: nameOf(room, who) })
          return [who, message] as const
        }),
      ),
    ])
    const messages = new Map<string, Message>(said)
    const message = messages.get('owner')
    if (!message) throw new Error('The owner said nothing')
    await Promise.all([
      owner.must('PATCH', `/api/rooms/${room.id}/members/${muted.user.id}`, { is_muted: true }),
      owner.must('PATCH', `/api/rooms/${room.id}`, { visibility: 'private' }),
      former.must('POST', `/api/rooms/${room.id}/leave`),
    ])
    return { room, message, messages, formersInvite: invite }
  }

  const home = once(furnish)

  async function asks(person: Person): Promise<Message> {
    const { room } = await home()
    const question = await person.says(room, '@assistant are you there?')
    for (;;) {
      const answer = (await person.reads(room)).find(each => each.ai?.trigger_message_id === question.id)
      if (answer?.status === 'complete') return answer
      await Bun.sleep(10)
    }
  }

  return {
    home,

    publicRoom: once(async () => {
      const { room } = await furnish()
      await owner.must('PATCH', `/api/rooms/${room.id}`, { visibility: 'public' })
      return room
    }),

    /** Another room with the same people, and things in it, which its owner has deleted. */
    deleted: once(async () => {
      const { room, message } = await furnish()
      const invite = await invites(member, room)
      const picture = await sendsPicture(member, room)
      await owner.must('DELETE', `/api/rooms/${room.id}`)
      return { room, message, invite, picture }
    }),

    /** What the assistant says when the member asks, or the owner. */
    answer: once(() => asks(member)),
    ownersAnswer: once(() => asks(owner)),

    invite: once(async () => invites(member, (await home()).room)),
    ownersInvite: once(async () => invites(owner, (await home()).room)),
    /** For a key that nobody here has. */
    invitesKey: once(async () => {
      const { room } = await home()
      const npub = keyHolder(cast.url).npub
      return withToken(await member.must<InviteMade>('POST', '/api/invites/nostr', { room_id: room.id, npub }))
    }),

    /** Sent by the member, posted by nobody yet. */
    picture: once(async () => sendsPicture(member, (await home()).room)),

    /** Somebody without a password, whom nothing else is about. */
    guest: once(() => keyHolder(cast.url).signsIn()),

    /** A link for a new password of somebody whom nothing else is about. */
    async resetToken(): Promise<string> {
      const { user } = await keyHolder(cast.url).signsIn()
      const { url } = await admin.must<{ url: string }>('POST', `/api/admin/people/${user.id}/reset-link`)
      return url.slice(url.lastIndexOf('/') + 1)
    },
  }
}

/** Under which name somebody has posted their first message. */
export function nameOf(room: { id: string }, who: string): string {
  return `${who} in ${room.id}`
}

async function invites(person: Person, { id }: { id: string }) {
  return withToken(await person.must<InviteMade>('POST', '/api/invites', { room_id: id, max_uses: 100 }))
}

function withToken({ invite, url }: InviteMade) {
  return { id: invite.id, token: url.slice(url.lastIndexOf('/') + 1) }
}

async function sendsPicture(person: Person, room: { id: string }): Promise<Upload> {
  const { status, body } = await sends(person, room, await png())
  if (status !== 201) throw new Error(`the upload answered ${status}`)
  return body.upload
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
