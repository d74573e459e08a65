import { Elysia } from 'elysia'
import { z } from 'zod'
import { Invite, InviteCard, InviteMade, NewInvite, NewNostrInvite } from '../../shared/invites.ts'
import { Room } from '../../shared/rooms.ts'
import { publicKeyOf } from '../accounts/nostr/keys.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { signedIn } from '../http/session.ts'
import { acceptInvite } from './accept.ts'
import { createInvite } from './create.ts'
import { letterOf } from './letter.ts'
import { inviteCard, invitesOf } from './lists.ts'
import { createMailer } from './mail.ts'
import { presentInvite } from './present.ts'
import { revokeInvite } from './revoke.ts'

const TAG = 'Invites'

/** Links that open a room. A look at one spends nothing; to use it takes a POST by somebody who is signed in. */
export function inviteRoutes({ db, log, sessions, env, secure, logger }: Deps) {
  const mail = createMailer(env, logger)
  // From the configuration alone: what a request says of its host would end up in somebody's mailbox.
  const linkTo = (token: string) => `${env.PUBLIC_URL}/invite/${token}`

  const strangers = new Elysia().get(
    '/invites/:token',
    async ({ params }) => ({ invite: await inviteCard(db, params.token) }),
    { detail: document(TAG, 'What an invite is about; no sign-in needed', { 200: z.object({ invite: InviteCard }) }) },
  )

  const members = new Elysia()
    .use(signedIn(sessions, secure))
    .post(
      '/invites',
      async ({ viewer, body, set }) => {
        const made = await createInvite(db, viewer.user, body)
        const url = linkTo(made.token)
        set.status = 201
        const mailed = body.email === undefined ? null : await mail(body.email, letterOf(made, url))
        return { invite: presentInvite(made, true), url, mail: mailed }
      },
      {
        body: NewInvite,
        detail: document(TAG, 'Invite somebody into a room of mine, by a link and if I like by mail', {
          201: InviteMade,
        }),
      },
    )
    .post(
      '/invites/nostr',
      async ({ viewer, body: { room_id, npub }, set }) => {
        const made = await createInvite(db, viewer.user, { room_id, nostr_pubkey: publicKeyOf(npub) })
        set.status = 201
        return { invite: presentInvite(made, true), url: linkTo(made.token), mail: null }
      },
      { body: NewNostrInvite, detail: document(TAG, 'Invite the holder of a Nostr key', { 201: InviteMade }) },
    )
    .post(
      '/invites/:token/accept',
      async ({ viewer, params }) => ({
        room: await log.write((tx, emit) => acceptInvite(tx, db.tables, emit, viewer.user, params.token)),
      }),
      { detail: document(TAG, 'Join the room that an invite opens', { 200: z.object({ room: Room }) }) },
    )
    .get(
      '/rooms/:room_id/invites',
      async ({ viewer, params }) => ({ invites: await invitesOf(db, viewer.user.id, params.room_id) }),
      { detail: document(TAG, 'The open invites of one of my rooms', { 200: z.object({ invites: z.array(Invite) }) }) },
    )
    .delete(
      '/invites/:invite_id',
      async ({ viewer, params, set }) => {
        await revokeInvite(db, viewer.user, params.invite_id)
        set.status = 204
      },
      { detail: document(TAG, 'Revoke an invite (its maker, the owner of the room, an admin)', { 204: null }) },
    )

  return new Elysia({ prefix: '/api' }).use(strangers).use(members)
}
