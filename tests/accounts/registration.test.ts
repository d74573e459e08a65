import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { register } from '../../src/server/accounts/register.ts'
import { openDatabase } from '../../src/server/db/open.ts'
import { createLog } from '../../src/server/events/log.ts'
import { openBus } from '../../src/server/events/open.ts'
import { createAdmission } from '../../src/server/invites/admission.ts'
import { Welcome } from '../../src/shared/invites.ts'
import type { RoomDetails } from '../../src/shared/rooms.ts'
import { keyHolder } from '../support/key-holder.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

// Every hash takes a core for a tenth of a second, and more where others use it too.
setDefaultTimeout(30_000)

let closed: TestServer
let open: TestServer
let owner: Person
let host: Person

beforeAll(async () => {
  closed = await startTestServer({ env: { REGISTRATION: 'invite' } })
  open = await startTestServer()
  owner = await closed.person('Owner')
  host = await open.person('Host')
})
afterAll(async () => {
  await closed.stop()
  await open.stop()
})

const people = (server: TestServer) => {
  const database = new Database(join(server.dataDir, 'chat.db'), { readonly: true })
  const [row] = database.query<{ n: number }, []>("SELECT count(*) AS n FROM users WHERE kind = 'human'").all()
  database.close()
  return row?.n
}
async function inviteOf(by: Person, more: Record<string, unknown> = {}) {
  const room = await by.creates({ name: 'Inside', visibility: 'private' })
  const { url } = await by.must<{ url: string }>('POST', '/api/invites', { room_id: room.id, ...more })
  return { room, token: url.slice(url.lastIndexOf('/') + 1) }
}
let count = 0
async function signsUp(server: TestServer, more: Record<string, unknown> = {}) {
  const account = { email: `p${++count}@example.org`, password: 'correct horse battery', display_name: 'Newcomer' }
  const response = await fetch(`${server.url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...account, ...more }),
  })
  return { status: response.status, body: (await response.json()) as { code: string }, headers: response.headers }
}

describe('where sign-up takes an invite', () => {
  test('it opens the door and its room in one step', async () => {
    const { room, token } = await inviteOf(owner)
    const stream = await owner.listens('/api/events')
    const { status, body, headers } = await signsUp(closed, { invite: token })
    expect(status).toBe(201)
    const welcome = Welcome.parse(body)
    expect(welcome.room).toMatchObject({ id: room.id, member_count: 2 })
    expect(welcome.user.role).toBe('member')
    expect(headers.get('set-cookie')).toStartWith('session=')
    const { data } = await stream.sees('member.joined', event => event.data.room_id === room.id)
    expect(data.member.user.id).toBe(welcome.user.id)
    expect((await stream.sees('invite.accepted')).data.user.id).toBe(welcome.user.id)
    expect((await signsUp(closed, { invite: token })).status).toBe(404)
    owner.leaves()
  })

  test('without one, or with a bad one, nothing is stored', async () => {
    const before = people(closed)
    const answers = await Promise.all([
      ...Array.from({ length: 8 }, () => signsUp(closed)),
      ...['', 'x', 'x'.repeat(43), '../admin'].map(invite => signsUp(closed, { invite })),
    ])
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
      ...Array(8).fill('403 registration_closed'),
      ...Array(4).fill('404 invite_not_found'),
    ])
    expect(people(closed)).toBe(before)
    for (const invite of [1, [], {}, null, 'x'.repeat(1_000)])
      expect((await signsUp(closed, { invite })).status).toBe(422)
  })

  test('whoever is turned away costs no hash', async () => {
    const db = await openDatabase('sqlite:chat.db', closed.dataDir)
    const hashed: string[] = []
    const passwords = { hash: async (password: string) => `${hashed.push(password)}`, verify: async () => false }
    const door = { tables: db.tables, admission: createAdmission(db.tables), open: false }
    const account = { email: 'costly@example.org', password: 'correct horse battery', display_name: 'Costly' }
    const come = (invite?: string) => register(db, createLog(db, openBus()), passwords, door, { ...account, invite })
    await expect(come()).rejects.toThrow('needs an invitation')
    await expect(come('x'.repeat(43))).rejects.toThrow('no such invite')
    expect(hashed).toEqual([])
    await come((await inviteOf(owner)).token)
    expect(hashed).toEqual(['correct horse battery'])
    await db.close()
  })

  test('one invite makes one account, however many hold it', async () => {
    const { room, token } = await inviteOf(owner)
    const before = people(closed) ?? 0
    const answers = await Promise.all(Array.from({ length: 4 }, () => signsUp(closed, { invite: token })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404, 404])
    expect(people(closed)).toBe(before + 1)
    expect((await owner.must<RoomDetails>('GET', `/api/rooms/${room.id}`)).members).toHaveLength(2)
  })

  test('an address that is taken leaves the invite as it was', async () => {
    const { token } = await inviteOf(owner)
    const taken = await signsUp(closed, { invite: token, email: owner.user.email })
    expect([taken.status, taken.body.code]).toEqual([409, 'email_taken'])
    expect((await signsUp(closed, { invite: token })).status).toBe(201)
  })

  test('an invite for a key takes that key', async () => {
    const holder = keyHolder(closed.url)
    const room = await owner.creates({ visibility: 'private' })
    const made = { room_id: room.id, npub: holder.npub }
    const { url } = await owner.must<{ url: string }>('POST', '/api/invites/nostr', made)
    const invite = url.slice(url.lastIndexOf('/') + 1)
    const before = people(closed) ?? 0
    const byPassword = await signsUp(closed, { invite })
    expect([byPassword.status, byPassword.body.code]).toEqual([403, 'wrong_key'])
    await expect(keyHolder(closed.url).signsIn({ invite })).rejects.toThrow('wrong_key')
    await expect(holder.signsIn()).rejects.toThrow('registration_closed')
    expect(people(closed)).toBe(before)
    const newcomer = await holder.signsIn({ invite, display_name: 'Satoshi' })
    expect((await newcomer.rooms()).map(each => each.id)).toEqual([room.id])
    expect(people(closed)).toBe(before + 1)
  })
})

describe('where sign-up is open', () => {
  test('an invite opens its room all the same', async () => {
    const { room, token } = await inviteOf(host, { email: 'somebody.else@example.org' })
    const welcome = Welcome.parse((await signsUp(open, { invite: token })).body)
    expect(welcome.room?.id).toBe(room.id)
    expect(Welcome.parse((await signsUp(open)).body).room).toBeUndefined()
  })

  test('a bad invite stores nothing', async () => {
    const before = people(open)
    const { token } = await inviteOf(host)
    await signsUp(open, { invite: token })
    const used = await signsUp(open, { invite: token })
    expect([used.status, used.body.code]).toEqual([404, 'invite_not_found'])
    await expect(keyHolder(open.url).signsIn({ invite: token })).rejects.toThrow('invite_not_found')
    expect(people(open)).toBe((before ?? 0) + 1)
  })
})
