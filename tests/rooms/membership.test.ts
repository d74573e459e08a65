import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { InviteMade } from '../../src/shared/invites.ts'
import type { Member, Room, RoomDetails } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let admin: Person
let ada: Person
let grace: Person
let joan: Person
let room: Room
beforeAll(async () => {
  server = await startTestServer()
  admin = await server.person('Admin')
})
afterAll(() => server.stop())
beforeEach(async () => {
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  joan = await server.person('Joan')
  room = await ada.creates({ ai_mode: 'off' })
  await grace.joins(room)
  await joan.joins(room)
})
afterEach(() => joan.leaves())

const changes = (by: Person, who: Person, change: object) =>
  by.must<{ member: Member }>('PATCH', `/api/rooms/${room.id}/members/${who.user.id}`, change)
const disables = (who: Person, disabled = true) => admin.must('PATCH', `/api/admin/people/${who.user.id}`, { disabled })
const leaves = (who: Person) => who.must('POST', `/api/rooms/${room.id}/leave`)
const tries = async (who: Person) => {
  const draft = { content: 'may I?', client_id: crypto.randomUUID() }
  return (await who.call('POST', `/api/rooms/${room.id}/messages`, draft)).status
}
const members = async (who: Person) => {
  const details = await who.must<RoomDetails>('GET', `/api/rooms/${room.id}`)
  return Object.fromEntries(
    details.members.map(({ user, role, is_muted }) => [user.display_name, is_muted ? `${role}, muted` : role]),
  )
}

describe('being muted', () => {
  test('is not undone by leaving and joining again, until somebody unmutes', async () => {
    await changes(ada, grace, { is_muted: true })
    for (let times = 0; times < 2; times++) {
      await leaves(grace)
      await grace.joins(room)
      expect(await tries(grace)).toBe(403)
    }
    expect(await members(ada)).toEqual({ Ada: 'owner', Grace: 'member, muted', Joan: 'member' })
    await changes(ada, grace, { is_muted: false })
    expect(await tries(grace)).toBe(201)
    await leaves(grace)
    await grace.joins(room)
    expect(await tries(grace)).toBe(201)
  })

  test('nor by an invite, also after being removed', async () => {
    await changes(ada, grace, { is_muted: true })
    const { url } = await ada.must<InviteMade>('POST', '/api/invites', { room_id: room.id, max_uses: 2 })
    const accepts = (who: Person) => who.must('POST', `/api/invites/${url.slice(url.lastIndexOf('/') + 1)}/accept`)
    await leaves(grace)
    await accepts(grace)
    expect(await tries(grace)).toBe(403)
    await ada.must('DELETE', `/api/rooms/${room.id}/members/${grace.user.id}`)
    await accepts(grace)
    expect(await tries(grace)).toBe(403)
  })

  test('in one room says nothing about another', async () => {
    await changes(ada, grace, { is_muted: true })
    await leaves(grace)
    const first = room
    room = await ada.creates({ ai_mode: 'off' })
    await grace.joins(room)
    expect(await tries(grace)).toBe(201)
    await leaves(grace)
    room = first
    await grace.joins(room)
    expect(await tries(grace)).toBe(403)
  })
})

describe('a room whose owner leaves', () => {
  test('goes to somebody with a voice before those who were there longer', async () => {
    await changes(ada, grace, { is_muted: true })
    await leaves(ada)
    expect(await members(joan)).toEqual({ Grace: 'member, muted', Joan: 'owner' })
  })

  test('goes to a muted member where there is nobody else, who may speak from then on', async () => {
    await changes(ada, grace, { is_muted: true })
    await leaves(joan)
    const stream = await grace.listens(`/api/rooms/${room.id}/events`)
    await leaves(ada)
    expect(await members(grace)).toEqual({ Grace: 'owner' })
    expect((await stream.sees('member.updated')).data.member).toMatchObject({ role: 'owner', is_muted: false })
    expect(await tries(grace)).toBe(201)
    grace.leaves()
  })

  test('does not go to an account that is disabled, though muted be the other', async () => {
    await changes(ada, joan, { is_muted: true })
    await disables(grace)
    await leaves(ada)
    expect(await members(joan)).toEqual({ Grace: 'member', Joan: 'owner' })
  })

  test('waits for who joins next where only disabled accounts stay', async () => {
    await disables(grace)
    await disables(joan)
    await leaves(ada)
    const mary = await server.person('Mary')
    await mary.joins(room)
    expect(await members(mary)).toEqual({ Grace: 'member', Joan: 'member', Mary: 'owner' })
    expect(await tries(mary)).toBe(201)
  })
})
