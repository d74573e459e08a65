import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let admin: Person
let ada: Person
beforeAll(async () => {
  server = await startTestServer()
  admin = await server.person('Admin')
  ada = await server.person('Ada')
})
afterAll(() => server.stop())

const metrics = (headers: Record<string, string> = {}) => fetch(`${server.url}/metrics`, { headers })
const far = { 'x-forwarded-for': '203.0.113.7' }
const figure = (text: string, name: string) =>
  Number(
    text
      .split('\n')
      .find(line => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      ?.split(' ')
      .at(-1),
  )

test('the figures are for admins and for this machine itself', async () => {
  expect((await metrics()).status).toBe(200)
  expect((await metrics(far)).status).toBe(401)
  expect((await metrics({ ...far, ...ada.headers })).status).toBe(403)
  expect((await metrics({ ...far, ...admin.headers })).status).toBe(200)
})

test('they tell of requests by route, of streams, writes, deliveries and the loop', async () => {
  const room = await ada.creates()
  const stream = await ada.listens(`/api/rooms/${room.id}/events`)
  await ada.says(room, 'hello')
  await stream.sees('message.created')
  await ada.call('GET', '/api/invites/very-secret-token')
  const text = await (await metrics()).text()
  expect(text).toContain(
    'groupchat_http_requests_total{method="POST",route="/api/rooms/:room_id/messages",status="201"} 1',
  )
  expect(text).toContain('groupchat_http_requests_total{method="GET",route="/api/invites/:token",status="404"} 1')
  expect(text).not.toContain('very-secret-token')
  expect(text).not.toContain(room.id)
  expect(figure(text, 'groupchat_streams')).toBe(1)
  for (const name of ['writes_total', 'commits_total', 'deliveries_total', 'events_total'])
    expect([name, figure(text, `groupchat_${name}`) > 0]).toEqual([name, true])
  for (const name of ['loop_delay_seconds', 'writes_waiting', 'sql_log_owed', 'streams_behind'])
    expect([name, figure(text, `groupchat_${name}`) >= 0]).toEqual([name, true])
  ada.leaves()
})

test('they tell what the models were used for', async () => {
  const room = await ada.creates({ ai_mode: 'always' })
  const stream = await ada.listens(`/api/rooms/${room.id}/events`)
  await ada.says(room, 'a question')
  await stream.sees('message.updated', ({ data }) => data.message.status === 'complete')
  const text = await (await metrics()).text()
  expect(text).toContain('groupchat_ai_runs{model="fake/small",status="complete"} 1')
  expect(text).toMatch(/groupchat_ai_tokens\{model="fake\/small",kind="completion"\} [1-9]/)
  ada.leaves()
})

test('each answer names its request, and the log the same', async () => {
  const answer = await ada.call('GET', '/api/rooms')
  const id = answer.headers.get('x-request-id')
  expect(id).toMatch(/^[0-9a-f-]{13}$/)
  const refused = await ada.call('GET', '/api/rooms/none')
  expect(refused.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{13}$/)
  while (!server.lines.some(line => line.includes(id ?? ''))) await Bun.sleep(1)
  const line = JSON.parse(server.lines.find(each => each.includes(id ?? '')) ?? '')
  expect(line).toMatchObject({ level: 'debug', request_id: id, method: 'GET', route: '/api/rooms', status: 200 })
})
