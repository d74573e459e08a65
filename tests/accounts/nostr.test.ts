import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { NostrChallenge, type NostrEvent } from '../../src/shared/nostr.ts'
import { SignedIn, type User } from '../../src/shared/users.ts'
import { type Asked, keyHolder } from '../support/key-holder.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

setDefaultTimeout(30_000)

const PUBLIC_URL = 'https://chat.example.org'
const VERIFY = `${PUBLIC_URL}/api/auth/nostr/verify`
const COOKIE = '__Host-nostr'
let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ env: { PUBLIC_URL } })
  await server.person('Admin')
})
afterAll(() => server.stop())

const holder = () => keyHolder(server.url)
const now = () => Math.floor(Date.now() / 1000)
function rows<T>(sql: string): T[] {
  const database = new Database(join(server.dataDir, 'chat.db'))
  database.run('PRAGMA busy_timeout = 2000')
  const found = database.query<T, []>(sql).all()
  database.close()
  return found
}
const people = () => rows<{ n: number }>('SELECT count(*) AS n FROM users')[0]?.n

describe('signing in by Nostr key', () => {
  test('makes an account for a new key, and opens it again for a known one', async () => {
    const key = holder()
    const first = await key.signsIn()
    expect(first.user).toMatchObject({ kind: 'human', role: 'member', nostr_pubkey: key.pubkey })
    expect(first.user.display_name).toBe(`${key.npub.slice(0, 9)}…${key.npub.slice(-4)}`)
    expect(first.user.email).toBeUndefined()
    const second = await key.signsIn({ display_name: 'Not asked for' })
    expect(second.user).toEqual(first.user)
    expect(second.token).not.toBe(first.token)
    expect((await second.must<{ user: User }>('GET', '/api/auth/me')).user.id).toBe(first.user.id)
    expect((await holder().signsIn({ display_name: 'Satoshi' })).user).toMatchObject({ handle: 'satoshi' })
  })

  test('asks with something new each time, for this browser alone, and answers with a session', async () => {
    const response = await fetch(`${server.url}/api/auth/nostr/challenge`, { method: 'POST' })
    const asked = NostrChallenge.parse(await response.json())
    expect(asked).toMatchObject({ url: VERIFY, kind: 27235 })
    expect(asked.challenge).toMatch(/^[0-9a-f]{64}$/)
    const left = Date.parse(asked.expires_at) - Date.now()
    expect(left).toBeGreaterThan(110_000)
    expect(left).toBeLessThanOrEqual(120_000)
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^__Host-nostr=[\w-]{43}; Path=\/; Max-Age=120; HttpOnly; SameSite=Strict; Secure$/)

    const key = holder()
    const event = key.signs({ ...asked, cookie: '' })
    const answer = await key.shows({ event }, `other=1; ${cookie.split(';')[0]}; another=2`)
    expect(answer.status).toBe(200)
    expect(SignedIn.parse(answer.body).user.nostr_pubkey).toBe(key.pubkey)
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-session=.*HttpOnly; SameSite=Lax; Secure$/)
  })

  test('makes the first account on a server its admin, closed or not', async () => {
    const fresh = await startTestServer({ env: { REGISTRATION: 'invite' } })
    expect((await keyHolder(fresh.url).signsIn()).user.role).toBe('admin')
    await expect(keyHolder(fresh.url).signsIn()).rejects.toThrow('registration_closed')
    await fresh.stop()
  })

  test('makes one account for a key that signs twice at once', async () => {
    const key = holder()
    const [one, two] = await Promise.all([key.signsIn(), key.signsIn()])
    expect(one.user.id).toBe(two.user.id)
  })

  test('works within a minute of clock difference', async () => {
    for (const off of [-58, 58]) {
      const key = holder()
      const asked = await key.asks()
      expect((await key.shows({ event: key.signs(asked, { created_at: now() + off }) }, asked.cookie)).status).toBe(200)
    }
  })

  test('is not for a disabled account', async () => {
    const key = holder()
    const { user, token } = await key.signsIn()
    rows(`UPDATE users SET disabled_at = 1 WHERE id = '${user.id}'`)
    await expect(key.signsIn()).rejects.toThrow('401')
    expect((await fetch(`${server.url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
      401,
    )
  })

  test('forgets what nobody answered when somebody asks anew, and keeps no cookie', async () => {
    const { cookie } = await holder().asks()
    rows('UPDATE nostr_challenges SET expires_at = 1')
    await holder().asks()
    const kept = rows<{ browser_hash: string }>('SELECT * FROM nostr_challenges')
    expect(kept).toHaveLength(1)
    expect(JSON.stringify(kept)).not.toContain(cookie.split('=')[1] ?? '-')
  })
})

describe('a challenge', () => {
  test('is good once: not for a replay, not for two at the same time, not after a failed try', async () => {
    const key = holder()
    const asked = await key.asks()
    const event = key.signs(asked)
    const both = await Promise.all(Array.from({ length: 10 }, () => key.shows({ event }, asked.cookie)))
    expect(both.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(401)])
    expect((await key.shows({ event }, asked.cookie)).status).toBe(401)

    const again = await key.asks()
    expect((await key.shows({ event: key.signs(again, { kind: 1 }) }, again.cookie)).status).toBe(401)
    expect((await key.shows({ event: key.signs(again) }, again.cookie)).status).toBe(401)
  })

  test('is good for two minutes', async () => {
    const key = holder()
    const asked = await key.asks()
    rows(`UPDATE nostr_challenges SET expires_at = ${Date.now() - 1} WHERE challenge = '${asked.challenge}'`)
    expect((await key.shows({ event: key.signs(asked) }, asked.cookie)).status).toBe(401)
  })

  test('is good for the browser that asked, and used up by another one that tries', async () => {
    const key = holder()
    for (const cookie of ['another', 'none', 'empty', 'plain'] as const) {
      const asked = await key.asks()
      const value = asked.cookie.split('=')[1] ?? ''
      const cookies = {
        another: (await key.asks()).cookie,
        none: null,
        empty: `${COOKIE}=`,
        plain: `nostr=${value}`,
      }
      const event = key.signs(asked)
      expect([cookie, (await key.shows({ event }, cookies[cookie])).status]).toEqual([cookie, 401])
      expect([cookie, (await key.shows({ event }, asked.cookie)).status]).toEqual([cookie, 401])
    }
  })
})

type Key = ReturnType<typeof holder>
const changed = (change: (event: NostrEvent) => unknown) => (key: Key, asked: Asked) => change(key.signs(asked))
const resigned = (change: (asked: Asked) => Parameters<Key['signs']>[1]) => (key: Key, asked: Asked) =>
  key.signs(asked, change(asked))
const tags = (u: string, method = 'POST') =>
  resigned(({ challenge }) => ({
    tags: [
      ['u', u],
      ['method', method],
      ['challenge', challenge],
    ],
  }))
const proper = ({ challenge }: Asked) => [
  ['u', VERIFY],
  ['method', 'POST'],
  ['challenge', challenge],
]
const without = (name: string) => resigned(asked => ({ tags: proper(asked).filter(tag => tag[0] !== name) }))
const doubled = (extra: (asked: Asked) => string[]) => resigned(asked => ({ tags: [...proper(asked), extra(asked)] }))
const flipped = (hex: string) => `${hex.slice(0, -1)}${hex.endsWith('0') ? '1' : '0'}`

/** Properly signed, and yet wrong: 401. */
const FORGED: [string, (key: Key, asked: Asked) => unknown][] = [
  ['of another origin', tags('https://evil.example/api/auth/nostr/verify')],
  ['of http instead of https', tags(VERIFY.replace('https:', 'http:'))],
  ['of a trailing slash', tags(`${VERIFY}/`)],
  ['of a query', tags(`${VERIFY}?x=1`)],
  ['of a port', tags(VERIFY.replace('.org/', '.org:443/'))],
  ['of capitals in the host', tags(VERIFY.replace('chat', 'CHAT'))],
  ['of another path', tags(`${PUBLIC_URL}/api/auth/nostr/link`)],
  ['of the address it really came to', (key, asked) => tags(`${server.url}/api/auth/nostr/verify`)(key, asked)],
  ['of GET', tags(VERIFY, 'GET')],
  ['of post in small letters', tags(VERIFY, 'post')],
  ['of kind 1', resigned(() => ({ kind: 1 }))],
  ['of kind 22242', resigned(() => ({ kind: 22242 }))],
  ['from the future', resigned(() => ({ created_at: now() + 75 }))],
  ['from the past', resigned(() => ({ created_at: now() - 75 }))],
  ['from the year 292 million', resigned(() => ({ created_at: Number.MAX_SAFE_INTEGER }))],
  ['in milliseconds', resigned(() => ({ created_at: Date.now() }))],
  ['from before time', resigned(() => ({ created_at: -now() }))],
  ['with content', resigned(() => ({ content: 'hello' }))],
  ['with a space as content', resigned(() => ({ content: ' ' }))],
  ['without u', without('u')],
  ['without method', without('method')],
  ['without challenge', without('challenge')],
  ['without tags', resigned(() => ({ tags: [] }))],
  ['with u twice', doubled(() => ['u', VERIFY])],
  ['with another u', doubled(() => ['u', 'https://evil.example/'])],
  ['with method twice', doubled(() => ['method', 'GET'])],
  ['with challenge twice', doubled(({ challenge }) => ['challenge', challenge])],
  ['with another challenge', doubled(() => ['challenge', 'f'.repeat(64)])],
  ['with a third part in u', resigned(asked => ({ tags: [['u', VERIFY, 'x'], ...proper(asked).slice(1)] }))],
  ['with nothing in challenge', resigned(asked => ({ tags: [...proper(asked).slice(0, 2), ['challenge']] }))],
  [
    'with empty tags around',
    resigned(({ challenge }) => ({ tags: [[], ['u'], ['method'], ['challenge', challenge]] })),
  ],
  [
    'with an invented challenge',
    resigned(() => ({ tags: proper({ challenge: 'a'.repeat(64), url: '', cookie: '' }) })),
  ],
  [
    'with the challenge in capitals',
    resigned(asked => ({ tags: proper({ ...asked, challenge: asked.challenge.toUpperCase() }) })),
  ],
  ['whose key was swapped', changed(event => ({ ...event, pubkey: holder().pubkey }))],
  ['whose id is not its own', changed(event => ({ ...event, id: flipped(event.id) }))],
  ['whose signature is off by a digit', changed(event => ({ ...event, sig: flipped(event.sig) }))],
  ['whose signature is zero', changed(event => ({ ...event, sig: '0'.repeat(128) }))],
  ['whose key is on no curve', changed(event => ({ ...event, pubkey: 'f'.repeat(64) }))],
  ['whose key is zero', changed(event => ({ ...event, pubkey: '0'.repeat(64) }))],
  ['whose time was changed afterwards', changed(event => ({ ...event, created_at: event.created_at + 1 }))],
  ['with tags added afterwards', changed(event => ({ ...event, tags: [...event.tags, ['x', 'y']] }))],
  [
    'with the id and signature of another event',
    (key, asked) => {
      const { id, sig } = key.signs(asked, { created_at: now() - 5 })
      return { ...key.signs(asked), id, sig }
    },
  ],
  [
    'that says it was verified',
    changed(event => ({ ...event, sig: flipped(event.sig), verified: true, 'Symbol(verified)': true })),
  ],
]

/** Not even of the shape of an event: 422 (or 413), and the challenge is not touched. */
const MISSHAPEN: [string, (key: Key, asked: Asked) => unknown][] = [
  ['null', () => null],
  ['a list', () => []],
  ['a text', changed(event => JSON.stringify(event))],
  ['a number', () => 27235],
  ['an empty object', () => ({})],
  ['an event in a list', changed(event => [event])],
  ['an event with its id in capitals', changed(event => ({ ...event, id: event.id.toUpperCase() }))],
  ['an event with its key in capitals', changed(event => ({ ...event, pubkey: event.pubkey.toUpperCase() }))],
  ['an event with its signature in capitals', changed(event => ({ ...event, sig: event.sig.toUpperCase() }))],
  ['an event with an npub for a key', (key, asked) => ({ ...key.signs(asked), pubkey: key.npub })],
  ['an event with a short signature', changed(event => ({ ...event, sig: event.sig.slice(2) }))],
  ['an event with a line break after its key', changed(event => ({ ...event, pubkey: `${event.pubkey}\n` }))],
  ['an event without a signature', changed(({ sig: _, ...event }) => event)],
  ['an event without tags', changed(({ tags: _, ...event }) => event)],
  ['an event with its time as text', changed(event => ({ ...event, created_at: String(event.created_at) }))],
  ['an event with half a second', changed(event => ({ ...event, created_at: event.created_at + 0.5 }))],
  ['an event with its kind as text', changed(event => ({ ...event, kind: '27235' }))],
  ['an event with null as content', changed(event => ({ ...event, content: null }))],
  ['an event with an object of tags', changed(event => ({ ...event, tags: { u: VERIFY } }))],
  ['an event with numbers in its tags', changed(event => ({ ...event, tags: [...event.tags, [1, 2]] }))],
  ['an event with null among its tags', changed(event => ({ ...event, tags: [...event.tags, null] }))],
  ['an event with many tags', changed(event => ({ ...event, tags: Array(17).fill(['x', 'y']) }))],
  ['an event with a megabyte of tags', changed(event => ({ ...event, tags: Array(100_000).fill(['x', 'y']) }))],
  ['an event with a megabyte of wrong tags', changed(event => ({ ...event, tags: Array(400_000).fill(1) }))],
  ['an event with a megabyte in a tag', changed(event => ({ ...event, tags: [['x', 'y'.repeat(1_000_000)]] }))],
  ['an event with more than a megabyte', changed(event => ({ ...event, content: 'y'.repeat(1_100_000) }))],
]

describe('an event', () => {
  test.each(FORGED)('%s is refused and makes no account', async (_, forge) => {
    const key = holder()
    const asked = await key.asks()
    const before = people()
    const answer = await key.shows<{ code: string }>({ event: forge(key, asked) }, asked.cookie)
    expect([answer.status, answer.body.code]).toEqual([401, 'nostr_refused'])
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(people()).toBe(before)
  })

  test.each(MISSHAPEN)('%s is refused by its shape, quickly and briefly', async (_, make) => {
    const key = holder()
    const asked = await key.asks()
    const event = make(key, asked)
    const answer = await key.shows({ event }, asked.cookie)
    expect([413, 422]).toContain(answer.status)
    expect(JSON.stringify(answer.body).length).toBeLessThan(4_000)
    expect((await key.shows({ event: key.signs(asked) }, asked.cookie)).status).toBe(200)
  })

  test('of nothing at all is refused', async () => {
    for (const body of [null, [], 'x', { Event: {} }]) expect((await holder().shows(body, null)).status).toBe(422)
  })
})

describe('adding a key to an account', () => {
  const password = 'correct horse battery'

  test('takes its password and a fresh signature, is seen by others, and opens the account', async () => {
    const [ada, grace, key] = [await server.person('Ada'), await server.person('Grace'), holder()]
    const room = await ada.creates()
    await grace.joins(room)
    const stream = await grace.listens('/api/events')
    async function links(by: typeof ada, secret: unknown, asked: Asked) {
      const response = await fetch(`${server.url}/api/auth/nostr/link`, {
        method: 'POST',
        headers: { ...by.headers, 'content-type': 'application/json', cookie: asked.cookie },
        body: JSON.stringify({ event: key.signs(asked), password: secret }),
      })
      return { status: response.status, body: (await response.json()) as { user: User; code: string } }
    }
    const wrong = await links(ada, 'not this one', await key.asks())
    expect([wrong.status, wrong.body.code]).toEqual([403, 'wrong_password'])
    expect((await links(ada, ['correct horse battery'], await key.asks())).status).toBe(422)
    const used = await key.asks()
    const linked = await links(ada, password, used)
    expect(linked.body.user).toMatchObject({ id: ada.user.id, nostr_pubkey: key.pubkey, email: ada.user.email })
    expect((await stream.sees('user.updated')).data.user).toMatchObject({ id: ada.user.id, nostr_pubkey: key.pubkey })
    expect((await links(ada, password, used)).status).toBe(401)

    expect((await key.signsIn()).user.id).toBe(ada.user.id)
    const taken = await links(grace, password, await key.asks())
    expect([taken.status, taken.body.code]).toEqual([409, 'key_taken'])

    expect((await ada.call('DELETE', '/api/auth/nostr/link')).status).toBe(204)
    expect((await ada.call('DELETE', '/api/auth/nostr/link')).status).toBe(204)
    expect((await ada.must<{ user: User }>('GET', '/api/auth/me')).user.nostr_pubkey).toBeNull()
    expect((await key.signsIn()).user.id).not.toBe(ada.user.id)
    grace.leaves()
  })

  test('is for those who are signed in', async () => {
    const key = holder()
    const asked = await key.asks()
    const response = await fetch(`${server.url}/api/auth/nostr/link`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: asked.cookie },
      body: JSON.stringify({ event: key.signs(asked), password }),
    })
    expect(response.status).toBe(401)
    expect((await key.shows({ event: key.signs(asked) }, asked.cookie)).status).toBe(200)
  })

  test('cannot be undone where the key is the only way in', async () => {
    const key = holder()
    const person = await key.signsIn()
    const answer = await person.call<{ code: string }>('DELETE', '/api/auth/nostr/link')
    expect([answer.status, answer.body.code]).toEqual([409, 'only_key'])
    expect((await key.signsIn()).user.id).toBe(person.user.id)
  })
})

test('no signature, challenge or cookie is logged', async () => {
  const key = holder()
  const asked = await key.asks()
  const event = key.signs(asked)
  await key.shows({ event }, asked.cookie)
  const log = server.lines.join('\n')
  for (const secret of [event.sig, asked.challenge, asked.cookie.split('=')[1] ?? '-'])
    expect(log).not.toContain(secret)
})
