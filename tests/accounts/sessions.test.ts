import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { Session, SignedIn } from '../../src/shared/users.ts'
import { Person } from '../support/person.ts'
import { onDisk } from '../support/pictures.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const PASSWORD = 'correct horse battery'

let server: TestServer
let ada: Person
let grace: Person
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  ada = await server.person('Ada')
  grace = await server.person('Grace')
})

const asks = (password: string, agent: string) =>
  fetch(`${server.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': agent },
    body: JSON.stringify({ email: ada.user.email, password }),
  })
async function signsIn(agent: string, password = PASSWORD): Promise<Person> {
  const { user, token } = SignedIn.parse(await (await asks(password, agent)).json())
  return new Person(server.url, user, token)
}
const listed = async (person: Person) =>
  (await person.must<{ sessions: unknown[] }>('GET', '/api/auth/sessions')).sessions.map(one => Session.parse(one))
const isIn = async (person: Person) => (await person.call('GET', '/api/auth/me')).status === 200
const changes = (person: Person, body: Record<string, unknown>) =>
  person.call<{ code: string }>('POST', '/api/auth/password', body)

describe('where I am signed in', () => {
  test('is listed with the one that asks, and nothing of others or of what has ended', async () => {
    const [phone, library, old] = [await signsIn('Phone'), await signsIn('Library'), await signsIn('Old')]
    await library.must('POST', '/api/auth/logout')
    const disk = onDisk(server)
    const { session_id } = sessionOf(old)
    disk.query('UPDATE sessions SET expires_at = ? WHERE id = ?', Date.now() - 1, session_id)
    const sessions = await listed(phone)
    expect(sessions).toHaveLength(2)
    expect(sessions.filter(one => one.current)).toMatchObject([{ user_agent: 'Phone' }])
    expect(sessions.map(one => one.id)).toContain(sessionOf(ada).session_id)
    for (const one of sessions) expect(Date.parse(one.expires_at)).toBeGreaterThan(Date.now())
    expect(await listed(grace)).toHaveLength(1)
  })

  test('is ended from afar, its streams too, and nobody else’s is', async () => {
    const phone = await signsIn('Phone')
    const stream = await phone.listens('/api/events')
    const { session_id } = sessionOf(phone)
    expect((await grace.call('DELETE', `/api/auth/sessions/${session_id}`)).status).toBe(404)
    expect(await isIn(phone)).toBe(true)
    expect((await ada.call('DELETE', `/api/auth/sessions/${session_id}`)).status).toBe(204)
    await stream.ends()
    expect(await isIn(phone)).toBe(false)
    expect((await ada.call('DELETE', `/api/auth/sessions/${session_id}`)).status).toBe(404)
    expect((await ada.call('DELETE', '/api/auth/sessions/nonsense')).status).toBe(404)
    expect(await listed(ada)).toHaveLength(1)
  })

  test('knows when each was last seen, to within some minutes', async () => {
    const disk = onDisk(server)
    const { session_id } = sessionOf(ada)
    const seen = async (id: string) => Date.parse((await listed(ada)).find(one => one.id === id)?.last_seen_at ?? '')
    const [first] = await listed(ada)
    expect(first?.last_seen_at).toBe(first?.created_at ?? '')
    const lately = Date.now() - 4 * 60 * 1000
    const longAgo = Date.now() - 6 * 60 * 1000
    const set = (at: number) => disk.query('UPDATE sessions SET last_seen_at = ? WHERE id = ?', at, session_id)
    set(lately)
    await Promise.all(Array.from({ length: 10 }, () => isIn(ada)))
    await Bun.sleep(50)
    expect(await seen(session_id)).toBe(lately)
    set(longAgo)
    const before = Date.now()
    await Promise.all(Array.from({ length: 10 }, () => isIn(ada)))
    for (const end = Date.now() + 2_000; Date.now() < end && (await seen(session_id)) < before; ) await Bun.sleep(5)
    expect(await seen(session_id)).toBeGreaterThanOrEqual(before)
  })
})

describe('a new password', () => {
  test('ends every other session of mine, with its streams, and opens the door from now on', async () => {
    const [phone, library] = [await signsIn('Phone'), await signsIn('Library')]
    const [mine, others] = [await phone.listens('/api/events'), await library.listens('/api/events')]
    const answer = await changes(phone, { current_password: PASSWORD, new_password: 'another horse battery' })
    expect(answer.status).toBe(204)
    await others.ends()
    expect([await isIn(phone), await isIn(library), await isIn(ada), await isIn(grace)]).toEqual([
      true,
      false,
      false,
      true,
    ])
    const room = await phone.creates()
    await phone.says(room, 'still here')
    expect((await mine.sees('message.created')).data.message.content).toBe('still here')
    phone.leaves()
    expect((await asks(PASSWORD, 'x')).status).toBe(401)
    expect(await isIn(await signsIn('Again', 'another horse battery'))).toBe(true)
  })

  test('needs the current one, and changes nothing without', async () => {
    const phone = await signsIn('Phone')
    const wrong: [Record<string, unknown>, number, string][] = [
      [{ current_password: 'not this one', new_password: 'another horse battery' }, 403, 'wrong_password'],
      [{ current_password: '', new_password: 'another horse battery' }, 403, 'wrong_password'],
      [{ new_password: 'another horse battery' }, 403, 'wrong_password'],
      [{ current_password: PASSWORD, new_password: 'short' }, 422, 'invalid_input'],
      [{ current_password: PASSWORD, new_password: 'x'.repeat(129) }, 422, 'invalid_input'],
      [{ current_password: PASSWORD }, 422, 'invalid_input'],
    ]
    for (const [body, status, code] of wrong)
      expect(await changes(phone, body)).toMatchObject({ status, body: { code } })
    expect([await isIn(phone), await isIn(ada)]).toEqual([true, true])
    expect((await asks(PASSWORD, 'x')).status).toBe(200)
  })

  test('is set once, when two try at once', async () => {
    const phone = await signsIn('Phone')
    const bodies = ['one horse battery', 'two horse battery'].map(new_password => ({
      current_password: PASSWORD,
      new_password,
    }))
    const answers = await Promise.all([changes(ada, bodies[0] ?? {}), changes(phone, bodies[1] ?? {})])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 403])
    expect([await isIn(ada), await isIn(phone)].filter(Boolean)).toHaveLength(1)
  })

  test('is the first one of an account that has none', async () => {
    onDisk(server).query('UPDATE users SET password_hash = NULL WHERE id = ?', ada.user.id)
    expect((await changes(ada, { new_password: 'the first battery' })).status).toBe(204)
    expect((await changes(ada, { new_password: 'the next battery' })).status).toBe(403)
    expect(await isIn(await signsIn('Phone', 'the first battery'))).toBe(true)
  })
})

/** What a token says; only its server can write one. */
function sessionOf({ token }: Person): { session_id: string } {
  const { sid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return { session_id: sid }
}
