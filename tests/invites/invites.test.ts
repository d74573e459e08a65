import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Invite, type InviteCard, InviteMade } from '../../src/shared/invites.ts'
import { Room, type RoomDetails } from '../../src/shared/rooms.ts'
import { keyHolder } from '../support/key-holder.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const PUBLIC_URL = 'https://chat.example.org'
let server: TestServer
let admin: Person
let ada: Person
let grace: Person

beforeAll(async () => {
  server = await startTestServer({ env: { PUBLIC_URL } })
  admin = await server.person('Admin')
  ada = await server.person('Ada')
  grace = await server.person('Grace')
})
afterAll(() => server.stop())

const newcomer = (display_name = 'Somebody') => keyHolder(server.url).signsIn({ display_name })
const privateRoom = (name = 'Secret garden') => ada.creates({ name, visibility: 'private' })
const tokenOf = (url: string) => url.slice(`${PUBLIC_URL}/invite/`.length)
async function invites(by: Person, room: Room, more: Record<string, unknown> = {}) {
  const made = InviteMade.parse(await by.must('POST', '/api/invites', { room_id: room.id, ...more }))
  return { ...made, token: tokenOf(made.url) }
}
const look = (token: string) => fetch(`${server.url}/api/invites/${token}`)
const accept = (by: Person, token: string) =>
  by.call<{ room: Room; code: string }>('POST', `/api/invites/${token}/accept`)
const open = async (by: Person, room: Room) =>
  (await by.must<{ invites: Invite[] }>('GET', `/api/rooms/${room.id}/invites`)).invites
async function members(room: Room) {
  const details = await ada.must<RoomDetails>('GET', `/api/rooms/${room.id}`)
  return details.members.map(member => member.user.id)
}
/** What only time or somebody with the database can do. */
function inDatabase(sql: string, ...values: (string | number)[]) {
  const database = new Database(join(server.dataDir, 'chat.db'))
  database.run('PRAGMA busy_timeout = 2000')
  database.run(sql, values)
  database.close()
}

describe('an invite', () => {
  test('lets a stranger into a private room, once, and tells those it concerns', async () => {
    const room = await privateRoom()
    const { invite, token, mail } = await invites(ada, room)
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(invite).toMatchObject({ room_id: room.id, email: null, npub: null, max_uses: 1, uses: 0, revoked_at: null })
    expect(Date.parse(invite.expires_at) - Date.parse(invite.created_at)).toBe(7 * 24 * 60 * 60 * 1000)
    expect(mail).toBeNull()

    const stranger = await newcomer()
    const [inviter, others, theirs] = [
      await ada.listens('/api/events'),
      await grace.listens('/api/events'),
      await stranger.listens('/api/events'),
    ]
    const answer = await accept(stranger, token)
    expect(answer.status).toBe(200)
    expect(Room.parse(answer.body.room)).toMatchObject({ id: room.id, member_count: 2 })
    expect((await theirs.sees('member.joined')).data.room_id).toBe(room.id)
    const { data } = await inviter.sees('invite.accepted')
    expect(data).toMatchObject({ room_id: room.id, user: { id: stranger.user.id } })
    expect(Invite.parse(data.invite)).toMatchObject({ id: invite.id, uses: 1 })

    const third = await accept(grace, token)
    expect([third.status, third.body.code]).toEqual([404, 'invite_not_found'])
    await stranger.says(room, 'thank you')
    await inviter.sees('message.created')
    expect(theirs.all('invite.accepted')).toEqual([])
    expect(others.events.filter(event => event.type.startsWith('member') || event.type.startsWith('invite'))).toEqual(
      [],
    )
    for (const person of [ada, grace, stranger]) person.leaves()
  })

  test('spends no use on a member, however often they ask', async () => {
    const room = await privateRoom()
    const { token } = await invites(ada, room, { max_uses: 2 })
    const stranger = await newcomer()
    const stream = await ada.listens('/api/events')
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept(stranger, token)))
    expect(answers.map(answer => answer.status)).toEqual(Array(10).fill(200))
    expect((await open(ada, room)).map(invite => invite.uses)).toEqual([1])
    expect((await accept(ada, token)).body.room.member_count).toBe(2)
    await ada.says(room, 'so far')
    await stream.sees('message.created')
    expect(stream.all('member.joined')).toHaveLength(1)
    expect(stream.all('invite.accepted')).toHaveLength(1)
    ada.leaves()
  })

  test('that is used up lets in again whom it let in, so that a lost answer can be repeated', async () => {
    const room = await privateRoom()
    const { token } = await invites(ada, room)
    const stranger = await newcomer()
    expect([(await accept(stranger, token)).status, (await accept(stranger, token)).status]).toEqual([200, 200])
  })

  test.each([
    [1, 50],
    [7, 30],
  ])('for %i lets in exactly as many of %i who come at once', async (max_uses, crowd) => {
    const room = await privateRoom()
    const { token } = await invites(ada, room, { max_uses })
    const people = await Promise.all(Array.from({ length: crowd }, () => newcomer()))
    const answers = await Promise.all(people.map(person => accept(person, token)))
    expect(answers.filter(answer => answer.status === 200)).toHaveLength(max_uses)
    expect(answers.filter(answer => answer.status === 404)).toHaveLength(crowd - max_uses)
    expect(await members(room)).toHaveLength(max_uses + 1)
    expect((await look(token)).status).toBe(404)
  })

  test('for one key opens to nobody else, and keeps its use for them', async () => {
    const room = await privateRoom()
    const holder = keyHolder(server.url)
    for (const npub of [holder.npub, holder.pubkey.toUpperCase(), `nostr:${holder.npub}`]) {
      const made = await ada.must('POST', '/api/invites/nostr', { room_id: room.id, npub })
      const { invite, url } = InviteMade.parse(made)
      expect(invite.npub).toBe(holder.npub)
      const wrong = await accept(await newcomer(), tokenOf(url))
      expect([wrong.status, wrong.body.code]).toEqual([403, 'wrong_key'])
      const passwordAccount = await accept(grace, tokenOf(url))
      expect([passwordAccount.status, passwordAccount.body.code]).toEqual([403, 'wrong_key'])
      expect(((await (await look(tokenOf(url))).json()) as { invite: InviteCard }).invite.for).toBe(holder.npub)
    }
    const [first] = await open(ada, room)
    expect(first).toMatchObject({ uses: 0, npub: holder.npub })
    const { url } = InviteMade.parse(
      await ada.must('POST', '/api/invites/nostr', { room_id: room.id, npub: holder.npub }),
    )
    expect((await accept(await holder.signsIn(), tokenOf(url))).status).toBe(200)
  })

  test.each([
    ['', 'an empty key'],
    ['npub1', 'no key'],
    ['npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptq', 'a wrong checksum'],
    ['note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuaspk6nqc', 'something else'],
    ['z'.repeat(64), 'no hex'],
    ['a'.repeat(63), 'too little'],
  ])('for the key %j is refused: %s', async npub => {
    const room = await privateRoom()
    const answer = await ada.call<{ errors: { path: string }[] }>('POST', '/api/invites/nostr', {
      room_id: room.id,
      npub,
    })
    expect([answer.status, answer.body.errors[0]?.path]).toEqual([422, 'npub'])
    expect(await open(ada, room)).toEqual([])
  })

  test('for a private key is refused with a warning, and the key is not repeated', async () => {
    const nsec = 'nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5'
    const room = await privateRoom()
    const answer = await ada.call<{ detail: string }>('POST', '/api/invites/nostr', { room_id: room.id, npub: nsec })
    expect([answer.status, answer.body.detail]).toEqual([422, expect.stringContaining('private key')])
    expect(JSON.stringify(answer.body) + server.lines.join()).not.toContain(nsec)
  })

  test.each([
    { expires_in_days: 0 },
    { expires_in_days: 31 },
    { expires_in_days: 1.5 },
    { expires_in_days: '7' },
    { max_uses: 0 },
    { max_uses: 1001 },
    { max_uses: null },
    { email: 'nobody' },
    { email: 'a@example.org\r\nBcc: b@example.org' },
    { email: ['a@example.org'] },
    { email: 'a@example.org, b@example.org' },
    { room_id: 'x' },
  ])('with %j is refused', async more => {
    const room = await privateRoom()
    expect((await ada.call('POST', '/api/invites', { room_id: room.id, ...more })).status).toBe(422)
    expect(await open(ada, room)).toEqual([])
  })

  test('can only be made by a member who may speak', async () => {
    const room = await privateRoom()
    const stranger = await newcomer()
    const foreign = await stranger.call('POST', '/api/invites', { room_id: room.id })
    const missing = await stranger.call('POST', '/api/invites', { room_id: crypto.randomUUID() })
    expect([foreign.status, foreign.body]).toEqual([404, missing.body])
    expect((await admin.call('POST', '/api/invites', { room_id: room.id })).status).toBe(404)
    expect((await fetch(`${server.url}/api/invites`, { method: 'POST' })).status).toBe(401)

    await accept(stranger, (await invites(ada, room)).token)
    await invites(stranger, room)
    await ada.must('PATCH', `/api/rooms/${room.id}/members/${stranger.user.id}`, { is_muted: true })
    const muted = await stranger.call<{ code: string }>('POST', '/api/invites', { room_id: room.id })
    expect([muted.status, muted.body.code]).toEqual([403, 'muted'])
  })
})

describe('the link', () => {
  test('comes from the configuration alone, whatever a request says of its host', async () => {
    const room = await privateRoom()
    const headers: Record<string, string>[] = [
      { host: 'evil.example' },
      { origin: 'https://evil.example' },
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
      { forwarded: 'host=evil.example', referer: 'https://evil.example/' },
    ]
    for (const more of headers) {
      const response = await fetch(`${server.url}/api/invites`, {
        method: 'POST',
        headers: { ...ada.headers, 'content-type': 'application/json', ...more },
        body: JSON.stringify({ room_id: room.id }),
      })
      const text = await response.text()
      expect(response.status).toBe(201)
      expect(text).not.toContain('evil')
      expect(InviteMade.parse(JSON.parse(text)).url).toStartWith(`${PUBLIC_URL}/invite/`)
    }
  })

  test('tells its holder what it is for, without an account and without being spent', async () => {
    const room = await privateRoom('Book club')
    const plain = await invites(ada, room)
    const mailed = await invites(ada, room, { email: 'Charles@example.org' })
    for (let scanner = 0; scanner < 5; scanner++) {
      const response = await look(plain.token)
      expect(response.headers.get('cache-control')).toBe('no-store')
      const { invite } = (await response.json()) as { invite: InviteCard }
      const expires_at = plain.invite.expires_at
      expect(invite).toEqual({ room_name: 'Book club', inviter_name: 'Ada', expires_at, for: null })
    }
    const masked = (await (await look(mailed.token)).json()) as { invite: InviteCard }
    expect(masked.invite.for).toBe('c•••@example.org')
    expect((await accept(await newcomer(), mailed.token)).status).toBe(200)
  })

  test('is over alike for everybody: expired, revoked, used up, unknown, of a deleted room, of somebody gone', async () => {
    const room = await privateRoom()
    const made = async (by = ada, into = room) => (await invites(by, into)).token
    const [expired, revoked, usedUp, deleted, left, disabled, returned] = [
      await invites(ada, room),
      await invites(ada, room),
      await made(),
      await made(ada, await privateRoom('Deleted')),
      ...(await Promise.all(
        ['left', 'disabled', 'returned'].map(async () => {
          const person = await newcomer()
          await accept(person, await made())
          return { person, token: await made(person) }
        }),
      )),
    ]
    const fine = await made()
    inDatabase('UPDATE invites SET expires_at = ? WHERE id = ?', Date.now() - 1, expired.invite.id)
    expect((await ada.call('DELETE', `/api/invites/${revoked.invite.id}`)).status).toBe(204)
    await accept(await newcomer(), usedUp)
    inDatabase("UPDATE rooms SET deleted_at = 1 WHERE name = 'Deleted'")
    await left?.person.must('POST', `/api/rooms/${room.id}/leave`)
    inDatabase('UPDATE users SET disabled_at = 1 WHERE id = ?', disabled?.person.user.id ?? '')
    await returned?.person.must('POST', `/api/rooms/${room.id}/leave`)
    if (returned) await accept(returned.person, await made())

    const someone = await newcomer()
    const before = (await members(room)).length
    const tokens = [expired.token, revoked.token, usedUp, deleted, left?.token, disabled?.token, returned?.token]
    const unknown = await (await look('x'.repeat(43))).text()
    for (const token of [...tokens, 'x', '%00', `${fine}x`, fine.slice(1), fine.toLowerCase(), 'y'.repeat(5_000)]) {
      const card = await look(token ?? '')
      expect([token, card.status, await card.text()]).toEqual([token, 404, unknown])
      const answer = await accept(someone, token ?? '')
      expect([token, answer.status, JSON.stringify(answer.body)]).toEqual([token, 404, unknown])
    }
    expect(await members(room)).toHaveLength(before)
    expect((await look(fine)).status).toBe(200)
    expect((await open(ada, room)).map(invite => invite.uses)).toEqual([0])
  })

  test('needs somebody who is signed in to be used', async () => {
    const { token } = await invites(ada, await privateRoom())
    const response = await fetch(`${server.url}/api/invites/${token}/accept`, { method: 'POST' })
    expect(response.status).toBe(401)
    expect((await look(token)).status).toBe(200)
  })
})

describe('the open invites of a room', () => {
  test('are shown to its members, addresses only to inviter and owner, and the token to nobody', async () => {
    const room = await privateRoom()
    const { token } = await invites(ada, room, { max_uses: 3 })
    const [member, stranger] = [await newcomer(), await newcomer()]
    await accept(member, token)
    const mailed = await invites(ada, room, { email: 'owner@example.org' })
    const own = await invites(member, room, { email: 'member@example.org' })

    const emails = async (by: Person) => (await open(by, room)).map(invite => Invite.parse(invite).email)
    expect(await emails(ada)).toEqual(['member@example.org', 'owner@example.org', null])
    expect(await emails(member)).toEqual(['member@example.org', undefined, undefined])
    expect((await stranger.call('GET', `/api/rooms/${room.id}/invites`)).status).toBe(404)

    const shown = JSON.stringify([await open(ada, room), await open(member, room)])
    const logged = new Database(join(server.dataDir, 'chat.db'), { readonly: true })
    const stored = JSON.stringify([
      logged.query('SELECT * FROM events').all(),
      logged.query('SELECT * FROM invites').all(),
    ])
    logged.close()
    for (const secret of [token, mailed.token, own.token]) {
      expect(shown).not.toContain(secret)
      expect(stored).not.toContain(secret)
      expect(server.lines.join('\n')).not.toContain(secret)
    }
  })

  test('are revoked by their maker, the owner or an admin, and by nobody else', async () => {
    const room = await privateRoom()
    const { token } = await invites(ada, room, { max_uses: 9 })
    const [maker, member, stranger] = [await newcomer(), await newcomer(), await newcomer()]
    for (const person of [maker, member]) await accept(person, token)
    for (const by of [maker, ada, admin]) {
      const { invite, token } = await invites(maker, room)
      const path = `/api/invites/${invite.id}`
      const refused = await member.call<{ code: string }>('DELETE', path)
      expect([refused.status, refused.body.code]).toEqual([403, 'not_your_invite'])
      const hidden = await stranger.call('DELETE', path)
      const missing = await stranger.call('DELETE', `/api/invites/${crypto.randomUUID()}`)
      expect([hidden.status, hidden.body]).toEqual([404, missing.body])
      expect((await look(token)).status).toBe(200)
      expect((await by.call('DELETE', path)).status).toBe(204)
      expect((await by.call('DELETE', path)).status).toBe(204)
      expect((await look(token)).status).toBe(404)
    }
    expect(await open(ada, room)).toHaveLength(1)
  })
})
