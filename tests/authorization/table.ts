import { keyHolder } from '../support/key-holder.ts'
import {
  alone,
  aMessage,
  aNamedRoom,
  anAnswer,
  answer,
  aRoom,
  type Case,
  carrying,
  deletedRoom,
  draft,
  former,
  guest,
  into,
  member,
  naming,
  nothing,
  owner,
  ownMessage,
  picture,
  proof,
  saying,
  to,
} from './calls.ts'
import { nameOf } from './place.ts'
import {
  adminsOnly,
  but,
  everybody,
  memberOfRoom,
  memberWhoMaySpeak,
  nowhere,
  type Outcome,
  ownerOrAdmin,
  signedIn,
} from './policies.ts'

const PASSWORD = 'correct horse battery'

/** Whoever manages the room learns that somebody is not in it. */
const notAMember = ownerOrAdmin('404 member_not_found')
/** Who is in the room already. */
const inhabitants = (outcome: Outcome) => ({ muted: outcome, member: outcome, owner: outcome })

/** Who may do what: every route of the server, and what everybody is answered who asks for it. */
export const TABLE: Record<string, Case[]> = {
  // ── Accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────
  'POST /api/auth/register': alone(everybody(201), () => ({
    body: { email: `${nothing()}@example.org`, password: PASSWORD, display_name: 'Newcomer' },
  })),
  'POST /api/auth/login': alone(everybody(200), ({ cast }) => ({
    body: { email: cast.people.member.user.email, password: PASSWORD },
  })),
  'POST /api/auth/reset': [
    to('a link', everybody(204), async ({ place }) => ({
      body: { token: await place.resetToken(), password: PASSWORD },
    })),
    to('no link', everybody('404 reset_link_not_found'), saying({ token: nothing(), password: PASSWORD })),
  ],
  'POST /api/auth/logout': alone(signedIn(204), async ({ cast, person }) => ({
    token: (await cast.signIn(person)).token,
  })),
  'GET /api/auth/me': alone(signedIn(200)),
  'PATCH /api/auth/profile': [
    to('a name', signedIn(200), saying({ display_name: 'Renamed' })),
    to('a handle of somebody else', signedIn('409 handle_taken'), ({ cast }) => ({
      body: { handle: cast.ghost.user.handle },
    })),
  ],
  'POST /api/auth/avatar': alone(signedIn(200), async () => ({ form: await picture() })),
  'DELETE /api/auth/avatar': alone(signedIn(200)),
  'POST /api/auth/password': [
    to('their own', signedIn(204), saying({ current_password: PASSWORD, new_password: PASSWORD })),
    to('a guess', signedIn('403 wrong_password'), saying({ current_password: 'a guess', new_password: PASSWORD })),
  ],
  'GET /api/auth/sessions': alone(signedIn(200)),
  'DELETE /api/auth/sessions/:session_id': [
    to('a session of theirs', signedIn(204), async ({ cast, person }) => ({
      params: { session_id: (await cast.signIn(person)).id },
    })),
    to('a session of somebody else', nowhere('session'), async ({ cast }) => ({
      params: { session_id: (await cast.signIn(await keyHolder(cast.url).signsIn())).id },
    })),
    to('no session', nowhere('session'), naming({ session_id: nothing() })),
  ],
  'POST /api/auth/nostr/challenge': alone(everybody(200)),
  'POST /api/auth/nostr/verify': [
    to('a key', everybody(200), ({ cast }) => proof(keyHolder(cast.url))),
    to('a challenge that nobody asked for', everybody('401 nostr_refused'), ({ cast }) => ({
      body: { event: keyHolder(cast.url).signs({ challenge: nothing(), url: cast.url, cookie: '' }) },
    })),
  ],
  'POST /api/auth/nostr/link': [
    to('a key', signedIn(200), ({ cast }) => proof(keyHolder(cast.url), { password: PASSWORD })),
    to('a key of somebody else', signedIn('409 key_taken'), ({ cast }) => proof(cast.takenKey, { password: PASSWORD })),
    to('a wrong password', signedIn('403 wrong_password'), ({ cast }) =>
      proof(keyHolder(cast.url), { password: 'a guess' }),
    ),
  ],
  'DELETE /api/auth/nostr/link': alone(signedIn(204)),

  // ── Rooms ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  'GET /api/models': alone(signedIn(200)),
  'GET /api/rooms': alone(signedIn(200)),
  'GET /api/rooms/directory': alone(signedIn(200)),
  'POST /api/rooms': alone(signedIn(201), saying({ name: 'Another room', model_id: 'fake/small' })),
  'GET /api/rooms/:room_id': aRoom(memberOfRoom(200)),
  'PATCH /api/rooms/:room_id': aRoom(ownerOrAdmin(200), saying({ name: 'Renamed', visibility: 'public' })),
  'DELETE /api/rooms/:room_id': aRoom(ownerOrAdmin(204)),
  'POST /api/rooms/:room_id/join': [
    ...aRoom(memberOfRoom(200)),
    to('a public room', signedIn(200), async ({ place }) => ({ params: { room_id: (await place.publicRoom()).id } })),
  ],
  'POST /api/rooms/:room_id/leave': aRoom(memberOfRoom(204)),
  'POST /api/rooms/:room_id/clear': aRoom(ownerOrAdmin(200)),
  'PATCH /api/rooms/:room_id/members/:user_id': [
    ...aRoom(ownerOrAdmin(200), carrying(member, { is_muted: true })),
    to('the ownership for the member', ownerOrAdmin(200), carrying(member, { role: 'owner' })),
    to('a voice for the muted', ownerOrAdmin(200), ({ cast }) => ({
      params: { user_id: cast.people.muted.user.id },
      body: { is_muted: false },
    })),
    to('the owner', ownerOrAdmin('409 needs_an_owner'), carrying(owner, { is_muted: true })),
    to('no member any more', notAMember, carrying(former, { is_muted: true })),
    to('nobody', notAMember, carrying(naming({ user_id: nothing() }), { is_muted: true })),
  ],
  'DELETE /api/rooms/:room_id/members/:user_id': [
    ...aRoom(ownerOrAdmin(204), member),
    to('the owner', ownerOrAdmin('409 needs_an_owner'), owner),
    to('no member any more', notAMember, former),
    to('nobody', notAMember, naming({ user_id: nothing() })),
  ],
  'PUT /api/rooms/:room_id/read': [
    ...aRoom(memberOfRoom(204), async ({ place }) => ({ body: { message_id: (await place.home()).message.id } })),
    to('a message of another room', memberOfRoom('404 message_not_found'), ({ cast }) => ({
      body: { message_id: cast.elsewhere.message.id },
    })),
    to('no message', memberOfRoom('404 message_not_found'), saying({ message_id: nothing() })),
  ],
  'GET /api/rooms/:room_id/usage': aRoom(memberOfRoom(200)),
  'POST /api/rooms/:room_id/typing': aRoom(memberWhoMaySpeak(204)),

  // ── Invites ───────────────────────────────────────────────────────────────────────────────────────────────────────
  'GET /api/invites/:token': [
    to('an invite', everybody(200), async ({ place }) => ({ params: { token: (await place.invite()).token } })),
    to('one of who has left', everybody('404 invite_not_found'), async ({ place }) => ({
      params: { token: (await place.home()).formersInvite.token },
    })),
    to('one into a deleted room', everybody('404 invite_not_found'), async ({ place }) => ({
      params: { token: (await place.deleted()).invite.token },
    })),
    to('no invite', everybody('404 invite_not_found'), naming({ token: nothing() })),
  ],
  'POST /api/invites': aNamedRoom(memberWhoMaySpeak(201), into({})),
  'POST /api/invites/nostr': aNamedRoom(memberWhoMaySpeak(201), into({ npub: 'ab'.repeat(32) })),
  'POST /api/invites/:token/accept': [
    to('an invite', signedIn(200), async ({ place }) => ({ params: { token: (await place.invite()).token } })),
    to('one for another key', but(signedIn('403 wrong_key'), inhabitants(200)), async ({ place }) => ({
      params: { token: (await place.invitesKey()).token },
    })),
    to('one of who has left', but(nowhere('invite'), inhabitants(200)), async ({ place }) => ({
      params: { token: (await place.home()).formersInvite.token },
    })),
    to('one into a deleted room', nowhere('invite'), async ({ place }) => ({
      params: { token: (await place.deleted()).invite.token },
    })),
    to('no invite', nowhere('invite'), naming({ token: nothing() })),
  ],
  'GET /api/rooms/:room_id/invites': aRoom(memberOfRoom(200)),
  'DELETE /api/invites/:invite_id': [
    to(
      'one of the member',
      but(memberOfRoom(204, 'invite'), { muted: '403 not_your_invite', admin: 204 }),
      async ({ place }) => ({ params: { invite_id: (await place.invite()).id } }),
    ),
    to(
      'one of the owner',
      but(memberOfRoom('403 not_your_invite', 'invite'), { owner: 204, admin: 204 }),
      async ({ place }) => ({ params: { invite_id: (await place.ownersInvite()).id } }),
    ),
    to(
      'one of who has left',
      but(memberOfRoom('403 not_your_invite', 'invite'), { former: 204, owner: 204, admin: 204 }),
      async ({ place }) => ({ params: { invite_id: (await place.home()).formersInvite.id } }),
    ),
    to('one of the member into a deleted room', but(nowhere('invite'), { member: 204, admin: 204 }), async scene => ({
      params: { invite_id: (await scene.place.deleted()).invite.id },
    })),
    to('no invite', nowhere('invite'), naming({ invite_id: nothing() })),
  ],

  // ── Messages ──────────────────────────────────────────────────────────────────────────────────────────────────────
  'GET /api/rooms/:room_id/messages': [
    ...aRoom(memberOfRoom(200)),
    to('around a message of another room', memberOfRoom('404 message_not_found'), ({ cast }) => ({
      query: `around=${cast.elsewhere.message.id}`,
    })),
    to('around no message', memberOfRoom('404 message_not_found'), () => ({ query: `around=${nothing()}` })),
  ],
  'POST /api/rooms/:room_id/messages': [
    ...aRoom(memberWhoMaySpeak(201), draft),
    to('again what they have said', memberOfRoom(200), async ({ place, who }) => ({
      body: { content: 'hello', client_id: nameOf((await place.home()).room, who) },
    })),
    to('again, in a deleted room', nowhere(), async ({ place, who }) => {
      const { room } = await place.deleted()
      return { params: { room_id: room.id }, body: { content: 'hello', client_id: nameOf(room, who) } }
    }),
    to('a reply into another room', memberWhoMaySpeak('422 invalid_input'), ({ cast }) => ({
      body: { content: 'hello', client_id: nothing(), reply_to: cast.elsewhere.message.id },
    })),
    to('a picture of somebody else', memberWhoMaySpeak('422 invalid_input'), async ({ cast }) => ({
      body: { content: 'hello', client_id: nothing(), attachment_ids: [cast.elsewhere.upload.id] },
    })),
    to('a picture of the member', but(memberWhoMaySpeak('422 invalid_input'), { member: 201 }), async ({ place }) => ({
      body: { content: 'hello', client_id: nothing(), attachment_ids: [(await place.picture()).id] },
    })),
  ],
  'PATCH /api/messages/:message_id': [
    ...aMessage(but(memberOfRoom('403 not_yours', 'message'), { owner: 200 }), saying({ content: 'changed' })),
    to('their first one', memberWhoMaySpeak(200, 'message'), carrying(ownMessage, { content: 'changed' })),
    to('an answer to the member', memberOfRoom('403 not_yours', 'message'), carrying(answer, { content: 'changed' })),
  ],
  'DELETE /api/messages/:message_id': [
    ...aMessage(but(memberOfRoom('403 not_yours', 'message'), { owner: 204 })),
    to('their first one', memberOfRoom(204, 'message'), ownMessage),
    to('an answer to the member', but(memberOfRoom('403 not_yours', 'message'), { owner: 204 }), answer),
  ],
  'GET /api/messages/:message_id/edits': [
    ...aMessage(but(memberOfRoom('403 not_yours', 'message'), { owner: 200 })),
    to('their first one', memberOfRoom(200, 'message'), ownMessage),
  ],
  'PUT /api/messages/:message_id/reactions/:emoji': [
    ...aMessage(memberWhoMaySpeak(200, 'message'), naming({ emoji: '%F0%9F%91%8D' })),
    to('with a word', memberWhoMaySpeak('422 not_an_emoji', 'message'), naming({ emoji: ':thumbsup:' })),
  ],
  'DELETE /api/messages/:message_id/reactions/:emoji': [
    ...aMessage(memberWhoMaySpeak(200, 'message'), naming({ emoji: '%F0%9F%91%8D' })),
    to('with a word', memberWhoMaySpeak('422 not_an_emoji', 'message'), naming({ emoji: ':thumbsup:' })),
  ],
  'PUT /api/messages/:message_id/pin': aMessage(memberWhoMaySpeak(200, 'message')),
  'DELETE /api/messages/:message_id/pin': aMessage(memberWhoMaySpeak(200, 'message')),
  'GET /api/rooms/:room_id/pins': aRoom(memberOfRoom(200)),
  'PATCH /api/rooms/:room_id/preferences': aRoom(memberOfRoom(200), saying({ is_favourite: true })),
  'PUT /api/rooms/order': [
    to('no rooms', signedIn(200), saying({ room_ids: [] })),
    to('a room', but(signedIn('422 invalid_input'), inhabitants(200)), async ({ place }) => ({
      body: { room_ids: [(await place.home()).room.id] },
    })),
    to('no room', signedIn('422 invalid_input'), saying({ room_ids: [nothing()] })),
  ],
  'POST /api/rooms/direct': [
    to('nobody', nowhere('user'), saying({ user_id: nothing() })),
    to('somebody they share a room with', but(signedIn(201), { owner: '422 invalid_input' }), ({ cast }) => ({
      body: { user_id: cast.people.owner.user.id },
    })),
  ],
  'GET /api/people': alone(signedIn(200)),
  'GET /api/inbox': alone(signedIn(200)),
  'POST /api/messages/:message_id/stop': [
    ...anAnswer(but(memberOfRoom(200, 'message'), { muted: '403 not_yours_to_stop' })),
    to(
      'an answer to the owner',
      but(memberOfRoom('403 not_yours_to_stop', 'message'), { owner: 200 }),
      async ({ place }) => ({ params: { message_id: (await place.ownersAnswer()).id } }),
    ),
  ],
  'POST /api/messages/:message_id/regenerate': anAnswer(memberWhoMaySpeak(200, 'message'), saying({})),
  'GET /api/messages/:message_id/versions': anAnswer(memberOfRoom(200, 'message')),
  'PUT /api/messages/:message_id/version': [
    ...anAnswer(memberWhoMaySpeak(200, 'message'), saying({ version: 1 })),
    to('no version', memberWhoMaySpeak('404 version_not_found', 'message'), async ({ place }) => ({
      params: { message_id: (await place.answer()).id },
      body: { version: 7 },
    })),
  ],
  'GET /api/messages/hash/:hash': [
    to('a message', memberOfRoom(200, 'message'), async ({ place }) => ({
      params: { hash: (await place.home()).message.hash },
    })),
    to('one of another room', nowhere('message'), ({ cast }) => ({ params: { hash: cast.elsewhere.message.hash } })),
    to('one of a deleted room', nowhere('message'), async ({ place }) => ({
      params: { hash: (await place.deleted()).message.hash },
    })),
    to('no message', nowhere('message'), naming({ hash: nothing() })),
  ],

  'GET /api/search': [
    to('words', signedIn(200), () => ({ query: 'q=hello' })),
    to('words in a room', memberOfRoom(200), async ({ place }) => ({
      query: `q=hello&room_id=${(await place.home()).room.id}`,
    })),
    to('words in no room', nowhere(), () => ({ query: `q=hello&room_id=${nothing()}` })),
    to('words in a deleted room', nowhere(), async ({ place }) => ({
      query: `q=hello&room_id=${(await place.deleted()).room.id}`,
    })),
  ],

  // ── The stream ────────────────────────────────────────────────────────────────────────────────────────────────────
  'GET /api/rooms/:room_id/events': aRoom(memberOfRoom(200)),
  'GET /api/events': alone(signedIn(200)),
  'POST /api/events': alone(signedIn(200), saying({ watch: [] })),
  'GET /api/events/poll': alone(signedIn(200), () => ({ query: 'wait=0' })),
  'PUT /api/presence': alone(signedIn(204), saying({ tab: 'one of theirs', state: 'online' })),

  // ── Pictures ──────────────────────────────────────────────────────────────────────────────────────────────────────
  'POST /api/upload': aNamedRoom(memberWhoMaySpeak(201), room_id => async () => ({ form: await picture(room_id) })),
  'GET /uploads/*': [
    to('a picture', memberOfRoom(200, 'upload'), async ({ place }) => ({ path: (await place.picture()).url })),
    to('one of another room', nowhere('upload'), ({ cast }) => ({ path: cast.elsewhere.upload.url })),
    to('one of a deleted room', nowhere('upload'), async ({ place }) => ({
      path: (await place.deleted()).picture.url,
    })),
    to('no picture', nowhere('upload'), () => ({ path: `/uploads/chat-images/${nothing()}.png` })),
  ],
  'GET /uploads/avatars/:name': [
    to('a portrait', signedIn(200), ({ cast }) => ({
      params: { name: cast.elsewhere.avatar.replace('/uploads/avatars/', '') },
    })),
    to('no portrait', nowhere('upload'), naming({ name: `${nothing()}.webp` })),
  ],

  // ── Administration ────────────────────────────────────────────────────────────────────────────────────────────────
  'GET /api/admin/status': alone(adminsOnly(200)),
  'GET /api/admin/people': alone(adminsOnly(200)),
  'PATCH /api/admin/people/:user_id': [
    to('somebody', adminsOnly(200), carrying(guest, { disabled: true })),
    to('themselves', adminsOnly(200), ({ person }) => ({
      params: { user_id: person.user.id },
      body: { role: 'admin' },
    })),
    to('nobody', adminsOnly('404 person_not_found'), carrying(naming({ user_id: nothing() }), { disabled: true })),
  ],
  'POST /api/admin/people/:user_id/reset-link': [
    to('somebody', adminsOnly(201), guest),
    to('nobody', adminsOnly('404 user_not_found'), naming({ user_id: nothing() })),
  ],
  'GET /api/admin/backups': alone(adminsOnly(200)),
  'POST /api/admin/backups': alone(adminsOnly(202)),
  'GET /api/admin/rooms': alone(adminsOnly(200)),
  'POST /api/admin/rooms/:room_id/restore': [
    to('a deleted room', adminsOnly(200), deletedRoom),
    to('a room', adminsOnly('404 room_not_found')),
    to('no room', adminsOnly('404 room_not_found'), naming({ room_id: nothing() })),
  ],
  'DELETE /api/admin/rooms/:room_id': [
    to('a deleted room', adminsOnly(204), deletedRoom),
    to('a room', adminsOnly('404 room_not_found')),
    to('no room', adminsOnly('404 room_not_found'), naming({ room_id: nothing() })),
  ],

  // ── What is there for everybody ───────────────────────────────────────────────────────────────────────────────────
  'GET /healthz': alone(everybody(200)),
  // Everybody here is on this machine; those who are not are in tests/http/metrics.test.ts.
  'GET /metrics': alone(everybody(200)),
  'GET /readyz': alone(everybody(200)),
  'GET /openapi': alone(everybody(200)),
  'GET /openapi/json': alone(everybody(200)),
  'GET /openapi/start.js': alone(everybody(200)),
  'GET /openapi/swagger-ui.css': alone(everybody(200)),
  'GET /openapi/swagger-ui-bundle.js': alone(everybody(200)),
  'GET /assets/main-abc123.js': alone(everybody(200)),
  'GET /favicon.svg': alone(everybody(200)),
  'GET /theme.js': alone(everybody(200)),
  'GET /*': [
    to('the page', everybody(200), () => ({ path: '/rooms/some-room' })),
    to('no part of the API', everybody('404 page_not_found'), () => ({ path: '/api/nothing' })),
  ],
}
