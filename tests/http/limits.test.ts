import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createAddresses, parseNetworks } from '../../src/server/http/address.ts'
import { createLimits, RATES } from '../../src/server/http/limits.ts'
import { Problem } from '../../src/server/http/problems.ts'
import { startTestServer } from '../support/server.ts'

// Every guess is hashed.
setDefaultTimeout(60_000)

describe('a token bucket', () => {
  test('gives a burst, then one at a time, each key for itself', () => {
    let now = 0
    const { take } = createLimits('on', () => now)
    for (let n = 0; n < RATES.login_account.burst; n++) take('login_account', 'ada')
    const refusal = (() => {
      try {
        take('login_account', 'ada')
      } catch (error) {
        return error
      }
    })()
    expect(refusal).toBeInstanceOf(Problem)
    expect(refusal).toMatchObject({
      status: 429,
      code: 'rate_limited',
      extra: { retryAfter: RATES.login_account.every_s },
    })
    take('login_account', 'grace')
    take('login_address', 'ada')
    now += RATES.login_account.every_s * 1000
    take('login_account', 'ada')
    expect(() => take('login_account', 'ada')).toThrow(Problem)
  })

  test('lets everything pass when switched off', () => {
    const { take } = createLimits('off')
    for (let n = 0; n < 1_000; n++) take('register', 'x')
  })
})

describe('the address of a client', () => {
  const from = (address: string) => ({ requestIP: () => ({ address }) })
  const request = (forwarded?: string) =>
    new Request('http://x/', { headers: forwarded ? { 'x-forwarded-for': forwarded } : {} })
  const addressOf = createAddresses(parseNetworks('10.0.0.0/8, ::1, 192.0.2.7'))

  test.each<[string, string | undefined, string]>([
    ['203.0.113.5', undefined, '203.0.113.5'],
    ['203.0.113.5', '1.2.3.4', '203.0.113.5'],
    ['10.1.2.3', '1.2.3.4', '1.2.3.4'],
    ['10.1.2.3', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['10.1.2.3', '6.6.6.6, 1.2.3.4, 192.0.2.7', '1.2.3.4'],
    ['::ffff:10.1.2.3', '1.2.3.4', '1.2.3.4'],
    ['::1', '2001:db8::5', '2001:db8::5'],
    ['10.1.2.3', 'garbage', '10.1.2.3'],
    ['10.1.2.3', undefined, '10.1.2.3'],
  ])('from %s with “%s” is %s', (socket, forwarded, expected) => {
    expect(addressOf(request(forwarded), from(socket))).toBe(expected)
  })

  test('names what is no address by its place', () => {
    expect(() => parseNetworks('10.0.0.1, nonsense')).toThrow('entry 2 is no address')
  })
})

describe('guessing passwords', () => {
  const login = (url: string, email: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ email, password: 'a guess' }),
    })

  test('ends in 429 with Retry-After, for an account from anywhere and for an address whatever it forwards', async () => {
    const server = await startTestServer({ env: { RATE_LIMITS: 'on' } })
    const statuses: number[] = []
    for (let n = 0; n < RATES.login_account.burst + 2; n++)
      statuses.push((await login(server.url, 'ada@example.org', { 'x-forwarded-for': `1.2.3.${n}` })).status)
    expect(statuses.slice(0, RATES.login_account.burst).every(status => status === 401)).toBe(true)
    expect(statuses.at(-1)).toBe(429)
    const answers = await Promise.all(
      Array.from({ length: RATES.login_address.burst + 20 }, (_, n) =>
        login(server.url, `somebody${n}@example.org`, { 'x-forwarded-for': `1.2.3.${n}` }),
      ),
    )
    const last = answers.find(answer => answer.status === 429)
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(last?.headers.get('content-type')).toBe('application/problem+json')
    await server.stop()
  })

  test('counts clients apart behind a proxy that is trusted', async () => {
    const server = await startTestServer({ env: { RATE_LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.1' } })
    const answers = await Promise.all(
      Array.from({ length: RATES.login_address.burst + 20 }, (_, n) =>
        login(server.url, `a${n}@example.org`, { 'x-forwarded-for': `9.9.9.9, 1.2.3.${n}` }),
      ),
    )
    expect(answers.every(answer => answer.status === 401)).toBe(true)
    await server.stop()
  })
})

test('posting too fast has to wait, and nothing is stored', async () => {
  const server = await startTestServer({ env: { RATE_LIMITS: 'on' } })
  const ada = await server.person('Ada')
  const room = await ada.creates({ ai_mode: 'off' })
  const answers = await Promise.all(
    Array.from({ length: RATES.post.burst + 60 }, (_, n) =>
      ada.call('POST', `/api/rooms/${room.id}/messages`, { content: `${n}`, client_id: `${n}` }),
    ),
  )
  const accepted = answers.filter(answer => answer.status === 201).length
  expect(answers.some(answer => answer.status === 429)).toBe(true)
  expect((await ada.rooms())[0]?.last_seq).toBe(accepted)
  await server.stop()
})

test('changing messages is limited, by whichever way', async () => {
  const server = await startTestServer({ env: { RATE_LIMITS: 'on' } })
  const hasty = await server.person('Hasty')
  const here = `/api/messages/${crypto.randomUUID()}`
  const ways = [
    ['PATCH', here, { content: 'x' }],
    ['DELETE', here],
    ['PUT', `${here}/reactions/%F0%9F%91%8D`],
    ['DELETE', `${here}/reactions/%F0%9F%91%8D`],
    ['PUT', `${here}/pin`],
    ['DELETE', `${here}/pin`],
  ] as const
  const rounds = Math.ceil((RATES.change.burst * 2) / ways.length)
  const statuses = await Promise.all(
    Array.from({ length: rounds }, () =>
      ways.map(async ([method, path, body]) => [method + path, (await hasty.call(method, path, body)).status] as const),
    ).flat(),
  )
  for (const [method, path] of ways) {
    const answers = statuses.filter(([way]) => way === method + path).map(([, status]) => status)
    expect([method, path, [...new Set(answers)].toSorted()]).toEqual([method, path, [404, 429]])
  }
  await server.stop()
})
