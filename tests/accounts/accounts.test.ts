import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SignedIn, User } from '../../src/shared/users.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const account = (name: string) => ({
  email: `${name}@example.org`,
  password: 'correct horse battery',
  display_name: name,
})

describe('signing up', () => {
  test('makes the first account an admin and every later one a member, each with a handle of its own', async () => {
    const first = SignedIn.parse(await (await post('/api/auth/register', account('Ada'))).json())
    const second = SignedIn.parse(
      await (await post('/api/auth/register', { ...account('Other'), display_name: 'Ada' })).json(),
    )
    expect([first.user.role, second.user.role]).toEqual(['admin', 'member'])
    expect([first.user.handle, second.user.handle]).toEqual(['ada', 'ada-2'])
    expect(first.user.email).toBe('ada@example.org')
  })

  test('refuses an address that is taken, in whatever case', async () => {
    await post('/api/auth/register', account('grace'))
    const again = await post('/api/auth/register', { ...account('x'), email: 'GRACE@example.org ' })
    expect(again.status).toBe(409)
    expect(await again.json()).toMatchObject({ code: 'email_taken', errors: [{ path: 'email' }] })
  })

  test('says at which field what is wrong, and never repeats the password', async () => {
    const response = await post('/api/auth/register', { email: 'nobody', password: 'hunter2', display_name: ' ' })
    expect(response.status).toBe(422)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const text = await response.text()
    expect(JSON.parse(text).errors.map((error: { path: string }) => error.path)).toEqual([
      'email',
      'password',
      'display_name',
    ])
    expect(text).not.toContain('hunter2')
    expect(server.lines.join('\n')).not.toContain('hunter2')
  })

  test('refuses a password of a megabyte', async () => {
    const response = await post('/api/auth/register', { ...account('long'), password: 'x'.repeat(1_000_000) })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ errors: [{ path: 'password' }] })
  })

  test('cannot be raced into two accounts for one address', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => post('/api/auth/register', account('racer'))))
    expect(answers.map(answer => answer.status).sort()).toEqual([201, 409, 409, 409, 409])
  })

  test('does not give away the handle of the assistant', async () => {
    const { user } = SignedIn.parse(await (await post('/api/auth/register', account('Assistant'))).json())
    expect(user.handle).toBe('assistant-2')
  })

  test('is closed to strangers where registration is by invitation, but not to the first admin', async () => {
    const closed = await startTestServer({ env: { REGISTRATION: 'invite' } })
    const register = (name: string) =>
      fetch(`${closed.url}/api/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(account(name)),
      })
    expect((await register('first')).status).toBe(201)
    const second = await register('second')
    expect(second.status).toBe(403)
    expect(await second.json()).toMatchObject({ code: 'registration_closed' })
    await closed.stop()
  })
})

describe('signing in', () => {
  test('answers an unknown account and a wrong password alike', async () => {
    await post('/api/auth/register', account('linus'))
    const wrong = await post('/api/auth/login', { email: 'linus@example.org', password: 'not this one' })
    const unknown = await post('/api/auth/login', { email: 'nobody@example.org', password: 'not this one' })
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(await wrong.text()).toBe(await unknown.text())
  })

  test('takes as long for an unknown account as for a wrong password', async () => {
    await post('/api/auth/register', account('margaret'))
    const time = async (email: string) => {
      const start = performance.now()
      await post('/api/auth/login', { email, password: 'not this one' })
      return performance.now() - start
    }
    await time('nobody@example.org')
    const known: number[] = []
    const unknown: number[] = []
    for (let round = 0; round < 7; round++) {
      known.push(await time('margaret@example.org'))
      unknown.push(await time('nobody@example.org'))
    }
    const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
    // Without the decoy hash an unknown account answers in a twentieth of the time.
    expect(median(unknown)).toBeGreaterThan(median(known) / 2)
    expect(median(unknown)).toBeLessThan(median(known) * 2)
  })

  test('works by cookie and by bearer token, and signing out ends that session at once', async () => {
    await post('/api/auth/register', account('barbara'))
    const response = await post('/api/auth/login', { email: 'Barbara@example.org', password: 'correct horse battery' })
    const { token } = SignedIn.parse(await response.json())
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^session=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/)

    const me = (headers: Record<string, string>) => fetch(`${server.url}/api/auth/me`, { headers })
    const byCookie = await me({ cookie: cookie.split(';')[0] ?? '' })
    expect(User.parse(((await byCookie.json()) as { user: unknown }).user).handle).toBe('barbara')
    expect((await me({ authorization: `Bearer ${token}` })).status).toBe(200)
    expect(byCookie.headers.get('cache-control')).toBe('no-store')

    const out = await post('/api/auth/logout', {}, { authorization: `Bearer ${token}` })
    expect(out.status).toBe(204)
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await me({ authorization: `Bearer ${token}` })).status).toBe(401)
    expect((await me({ cookie: cookie.split(';')[0] ?? '' })).status).toBe(401)
  })

  test('names the cookie for its host alone where the server is reached over https', async () => {
    const secure = await startTestServer({ env: { PUBLIC_URL: 'https://chat.example.org' } })
    const response = await fetch(`${secure.url}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account('secure')),
    })
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-session=.*; Secure$/)
    await secure.stop()
  })
})

describe('a token', () => {
  const me = (authorization: string) => fetch(`${server.url}/api/auth/me`, { headers: { authorization } })
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')

  test('is refused when unsigned, altered, of another secret, purpose or time, or malformed', async () => {
    const ada = await server.person('Token')
    const [header = '', payload = '', signature = ''] = ada.token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const now = Math.floor(Date.now() / 1000)
    expect(claims.exp).toBeGreaterThan(now)
    const secret = readFileSync(join(server.dataDir, '.jwt-secret'), 'utf8').trim()
    const sign = (head: object, claimed: object, key = secret, hash = 'sha256') => {
      const signed = `${encode(head)}.${encode(claimed)}`
      return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`
    }
    const HS256 = { alg: 'HS256', typ: 'JWT' }
    // The way of signing is right: what is refused below is refused for what it says.
    expect((await me(`Bearer ${sign(HS256, claims)}`)).status).toBe(200)

    const forged = [
      ...['none', 'None', 'NONE', 'nOnE'].map(alg => `${encode({ alg, typ: 'JWT' })}.${payload}.`),
      `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.${signature}`,
      sign({ alg: 'HS512', typ: 'JWT' }, claims, secret, 'sha512'),
      sign({ alg: 'RS256', typ: 'JWT' }, claims),
      sign({ ...HS256, kid: '../../etc/passwd' }, claims, ''.padEnd(32, 'x')),
      sign(HS256, claims, 'another secret that is long enough'),
      sign(HS256, claims, ''.padEnd(1, ' ')),
      sign(HS256, { ...claims, exp: now - 1 }),
      sign(HS256, { ...claims, exp: 'never' }),
      sign(HS256, { ...claims, exp: undefined }),
      sign(HS256, { ...claims, nbf: now + 3_600 }),
      sign(HS256, { ...claims, aud: 'invite' }),
      sign(HS256, { ...claims, aud: undefined }),
      sign(HS256, { ...claims, iss: 'somebody else' }),
      sign(HS256, { ...claims, sub: crypto.randomUUID() }),
      sign(HS256, { ...claims, sub: [claims.sub] }),
      sign(HS256, { ...claims, sid: crypto.randomUUID() }),
      sign(HS256, { ...claims, sid: undefined }),
      `${header}.${encode({ ...claims, sub: crypto.randomUUID() })}.${signature}`,
      `${header}.${encode({ ...claims, exp: claims.exp + 1 })}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature}.${signature}`,
      'x.y.z',
      'A'.repeat(5_000),
    ]
    expect(forged.length).toBeGreaterThanOrEqual(25)
    for (const [index, token] of forged.entries())
      expect([index, (await me(`Bearer ${token}`)).status]).toEqual([index, 401])
    // A megabyte does not even get as far as the signature.
    const huge = await me(`Bearer ${header}.${'A'.repeat(1_000_000)}.${signature}`).catch(() => null)
    expect(huge?.status ?? 431).toBeGreaterThanOrEqual(400)
    expect((await me(`Bearer ${ada.token}`)).status).toBe(200)
    expect((await me(`Basic ${ada.token}`)).status).toBe(401)
  })
})

describe('a request from elsewhere', () => {
  test('is refused when a browser sends the cookie along from another site', async () => {
    const ada = await server.person('Csrf')
    const send = (headers: Record<string, string>) =>
      fetch(`${server.url}/api/auth/profile`, {
        method: 'PATCH',
        headers: { cookie: `session=${ada.token}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ display_name: 'Changed' }),
      })
    for (const headers of [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ] as Record<string, string>[]) {
      const response = await send(headers)
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ code: 'cross_origin' })
    }
    expect((await send({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await send({ origin: server.url })).status).toBe(200)
  })

  test('is refused when its body is of a type that a plain form can send', async () => {
    const ada = await server.person('Forms')
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const response = await fetch(`${server.url}/api/rooms`, {
        method: 'POST',
        headers: { ...ada.headers, 'content-type': type },
        body: '{"name":"x","model_id":"fake/small"}',
      })
      expect(response.status).toBe(415)
    }
  })
})

test('a changed name is everywhere at once', async () => {
  const [ada, grace] = [await server.person('Changing'), await server.person('Watching')]
  const room = await ada.creates()
  await grace.joins(room)
  const stream = await grace.listens('/api/events')
  await ada.must('PATCH', '/api/auth/profile', { display_name: 'Changed Name' })
  expect((await stream.sees('user.updated')).data.user).toMatchObject({ id: ada.user.id, display_name: 'Changed Name' })
  grace.leaves()
})
