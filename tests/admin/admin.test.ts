import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Person as AdminPerson, AdminRoom, ServerStatus } from '../../src/shared/admin.ts'
import { Member } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let admin: Person
let ada: Person
let grace: Person
beforeAll(async () => {
  server = await startTestServer()
  admin = await server.person('Admin')
  ada = await server.person('Ada')
  grace = await server.person('Grace')
})
afterAll(() => server.stop())

describe('the owner of a room', () => {
  test('mutes a member, who can read but not post, type or wake the assistant, and unmutes them', async () => {
    const room = await ada.creates()
    await grace.joins(room)
    const stream = await grace.listens(`/api/rooms/${room.id}/events`)
    const path = `/api/rooms/${room.id}/members/${grace.user.id}`
    const { member } = await ada.must<{ member: Member }>('PATCH', path, { is_muted: true })
    expect(Member.parse(member).is_muted).toBe(true)
    expect((await stream.sees('member.updated')).data.member).toEqual(member)
    const refused = await grace.call<{ code: string }>('POST', `/api/rooms/${room.id}/messages`, {
      content: '@assistant hi',
      client_id: 'x',
    })
    expect([refused.status, refused.body.code]).toEqual([403, 'muted'])
    expect((await grace.call('POST', `/api/rooms/${room.id}/typing`)).status).toBe(403)
    await ada.says(room, 'still there?')
    await stream.sees('message.created')
    await ada.must('PATCH', path, { is_muted: false })
    await grace.says(room, 'yes')
    grace.leaves()
  })

  test('removes a member, whose streams of the room end within a second', async () => {
    const room = await ada.creates()
    await grace.joins(room)
    const stream = await grace.listens(`/api/rooms/${room.id}/events`)
    const all = await grace.listens('/api/events')
    expect((await ada.call('DELETE', `/api/rooms/${room.id}/members/${grace.user.id}`)).status).toBe(204)
    await stream.ends()
    expect((await all.sees('member.left')).data.member.user.id).toBe(grace.user.id)
    expect((await grace.call('GET', `/api/rooms/${room.id}`)).status).toBe(404)
    expect((await ada.call('DELETE', `/api/rooms/${room.id}/members/${grace.user.id}`)).status).toBe(404)
    grace.leaves()
  })

  test('hands the room over, and is a member then; others cannot do any of it', async () => {
    const room = await ada.creates()
    await grace.joins(room)
    const path = (who: Person) => `/api/rooms/${room.id}/members/${who.user.id}`
    expect((await grace.call('PATCH', path(ada), { is_muted: true })).status).toBe(403)
    expect((await grace.call('DELETE', path(ada))).status).toBe(403)
    expect((await ada.call<{ code: string }>('PATCH', path(ada), { role: 'member' })).body.code).toBe('needs_an_owner')
    expect((await ada.call<{ code: string }>('DELETE', path(ada))).body.code).toBe('needs_an_owner')
    await ada.must('PATCH', path(grace), { role: 'owner' })
    const { members } = await ada.must<{ members: Member[] }>('GET', `/api/rooms/${room.id}`)
    expect(members.map(member => [member.user.id, member.role])).toEqual([
      [ada.user.id, 'member'],
      [grace.user.id, 'owner'],
    ])
    expect((await ada.call('PATCH', path(grace), { is_muted: true })).status).toBe(403)
    for (const body of [{ role: 'admin' }, { is_muted: 'yes' }])
      expect((await grace.call('PATCH', path(ada), body)).status).toBe(422)
  })

  test('deletes it: gone from everybody’s list at once, and back when an admin restores it', async () => {
    const room = await ada.creates({ visibility: 'private' })
    const message = await ada.says(room, 'keep this')
    const stream = await ada.listens('/api/events')
    const narrow = await ada.listens(`/api/rooms/${room.id}/events`)
    expect((await ada.call('DELETE', `/api/rooms/${room.id}`)).status).toBe(204)
    expect((await stream.sees('room.deleted')).data.room.deleted_at).not.toBeNull()
    await narrow.ends()
    expect((await ada.rooms()).map(each => each.id)).not.toContain(room.id)
    for (const path of [
      `/api/rooms/${room.id}`,
      `/api/rooms/${room.id}/messages`,
      `/api/messages/hash/${message.hash}`,
    ])
      expect((await ada.call('GET', path)).status).toBe(404)
    expect((await ada.call('POST', `/api/admin/rooms/${room.id}/restore`)).status).toBe(403)
    await admin.must('POST', `/api/admin/rooms/${room.id}/restore`)
    await stream.sees('room.restored')
    expect((await ada.reads(room)).map(each => each.content)).toEqual(['keep this'])
    ada.leaves()
  })
})

describe('an admin', () => {
  test('sees everybody and every room, and nothing of what is said', async () => {
    const room = await ada.creates({ visibility: 'private', name: 'Secret plans' })
    await ada.says(room, 'the canary')
    const { people } = await admin.must<{ people: unknown[] }>('GET', '/api/admin/people')
    expect(people.map(person => AdminPerson.parse(person).display_name)).toEqual(
      expect.arrayContaining(['Admin', 'Ada']),
    )
    const { rooms } = await admin.must<{ rooms: unknown[] }>('GET', '/api/admin/rooms')
    const found = rooms.map(each => AdminRoom.parse(each)).find(each => each.id === room.id)
    expect(found).toMatchObject({ name: 'Secret plans', message_count: 1, owner: { id: ada.user.id } })
    expect(JSON.stringify(rooms)).not.toContain('canary')
    ServerStatus.parse(await admin.must('GET', '/api/admin/status'))
    expect((await admin.call('GET', `/api/rooms/${room.id}/messages`)).status).toBe(404)
    for (const path of ['people', 'rooms', 'status'])
      expect((await ada.call('GET', `/api/admin/${path}`)).status).toBe(403)
  })

  test('disables somebody: signed out everywhere within a second, until enabled again', async () => {
    const guest = await server.person('Guest')
    const stream = await guest.listens('/api/events')
    const started = performance.now()
    await admin.must('PATCH', `/api/admin/people/${guest.user.id}`, { disabled: true })
    await stream.ends()
    expect(performance.now() - started).toBeLessThan(1_000)
    expect((await guest.call('GET', '/api/auth/me')).status).toBe(401)
    const login = () =>
      fetch(`${server.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: guest.user.email, password: 'correct horse battery' }),
      })
    expect((await login()).status).toBe(401)
    await admin.must('PATCH', `/api/admin/people/${guest.user.id}`, { disabled: false })
    expect((await login()).status).toBe(200)
  })

  test('makes another one, but the last one stays', async () => {
    const path = (who: Person) => `/api/admin/people/${who.user.id}`
    for (const change of [{ role: 'member' }, { disabled: true }]) {
      const refused = await admin.call<{ code: string }>('PATCH', path(admin), change)
      expect([refused.status, refused.body.code]).toEqual([409, 'last_admin'])
    }
    await admin.must('PATCH', path(grace), { role: 'admin' })
    await grace.must('GET', '/api/admin/people')
    await grace.must('PATCH', path(admin), { role: 'member' })
    expect((await admin.call('GET', '/api/admin/people')).status).toBe(403)
    await grace.must('PATCH', path(admin), { role: 'admin' })
    await admin.must('PATCH', path(grace), { role: 'member' })
    expect((await admin.call('PATCH', `/api/admin/people/${crypto.randomUUID()}`, { disabled: true })).status).toBe(404)
  })

  test('makes a one-time link with which somebody sets a new password', async () => {
    const guest = await server.person('Forgetful')
    const link = await admin.must<{ url: string }>('POST', `/api/admin/people/${guest.user.id}/reset-link`)
    const token = new URL(link.url).pathname.replace('/reset/', '')
    const post = (path: string, body: unknown) =>
      fetch(server.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await post('/api/auth/reset', { token, password: 'a new password' })).status).toBe(204)
    expect((await post('/api/auth/login', { email: guest.user.email, password: 'a new password' })).status).toBe(200)
    expect((await guest.call('GET', '/api/auth/me')).status).toBe(401)
    expect((await post('/api/auth/reset', { token, password: 'another one' })).status).toBe(404)
    expect((await ada.call('POST', `/api/admin/people/${guest.user.id}/reset-link`)).status).toBe(403)
  })

  test('deletes a deleted room for good, and no other', async () => {
    const room = await ada.creates()
    await ada.says(room, 'gone soon')
    expect((await admin.call('DELETE', `/api/admin/rooms/${room.id}`)).status).toBe(404)
    await ada.must('DELETE', `/api/rooms/${room.id}`)
    expect((await admin.call('DELETE', `/api/admin/rooms/${room.id}`)).status).toBe(204)
    expect((await admin.call('POST', `/api/admin/rooms/${room.id}/restore`)).status).toBe(404)
    // What came after it is still delivered in order.
    const stream = await ada.listens('/api/events')
    const other = await ada.creates({ ai_mode: 'off' })
    await ada.says(other, 'hello')
    await stream.sees('message.created')
    ada.leaves()
  })
})
