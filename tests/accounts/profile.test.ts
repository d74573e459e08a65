import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { User } from '../../src/shared/users.ts'
import type { Person } from '../support/person.ts'
import { animatedWebp, gif, hugePng, jpegWithGps, onDisk, png, sendsForm, webp } from '../support/pictures.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ada: Person
let grace: Person
let stranger: Person
let disk: ReturnType<typeof onDisk>
beforeAll(async () => {
  server = await startTestServer()
  disk = onDisk(server)
})
afterAll(() => server.stop())
beforeEach(async () => {
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  stranger = await server.person('Stranger')
  await grace.joins(await ada.creates())
})
afterEach(() => grace.leaves())

type Answered = { user: User; code: string; errors: { path: string }[] }
const changes = (person: Person, change: Record<string, unknown>) =>
  person.call<Answered>('PATCH', '/api/auth/profile', change)
async function shows(person: Person, bytes: Uint8Array) {
  const form = new FormData()
  form.set('file', new File([new Uint8Array(bytes)], 'me.png'))
  return sendsForm<Answered>(person, '/api/auth/avatar', form)
}
const open = (person: Person, url: string | null) => fetch(`${server.url}${url}`, { headers: person.headers })
const unique = (base: string) => `${base}-${crypto.randomUUID().slice(0, 8)}`

describe('a handle', () => {
  test('is changed along with the name, and those who share a room hear of it once', async () => {
    const stream = await grace.listens('/api/events')
    const handle = unique('countess')
    const { status, body } = await changes(ada, { handle: ` ${handle.toUpperCase()} `, display_name: 'Countess' })
    expect(status).toBe(200)
    expect(body.user).toMatchObject({ handle, display_name: 'Countess', email: ada.user.email })
    const told = (await stream.sees('user.updated')).data.user
    expect(told).toMatchObject({ id: ada.user.id, handle, display_name: 'Countess' })
    expect(told.email).toBeUndefined()
    await changes(ada, { handle, display_name: 'Countess' })
    await changes(ada, {})
    await changes(ada, { display_name: 'Ada' })
    await stream.until('the last', () =>
      stream.all('user.updated').find(event => event.data.user.display_name === 'Ada'),
    )
    expect(stream.all('user.updated')).toHaveLength(2)
    expect((await ada.must<{ user: User }>('GET', '/api/auth/me')).user).toMatchObject({ handle, display_name: 'Ada' })
  })

  test('that somebody has is taken, in whatever case, and nothing is changed', async () => {
    for (const handle of [grace.user.handle, grace.user.handle.toUpperCase()]) {
      const answer = await changes(ada, { handle, display_name: 'Changed' })
      expect([answer.status, answer.body]).toMatchObject([409, { code: 'handle_taken', errors: [{ path: 'handle' }] }])
    }
    expect((await ada.must<{ user: User }>('GET', '/api/auth/me')).user).toEqual(ada.user)
    expect((await changes(ada, { handle: ada.user.handle })).status).toBe(200)
  })

  test('goes to one of those who want it at once', async () => {
    const handle = unique('both')
    const answers = await Promise.all([ada, grace, stranger].map(person => changes(person, { handle })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
  })

  test('has to be one that a mention can spell, and no role of the server', async () => {
    for (const handle of [
      'a',
      'x'.repeat(33),
      'a b',
      '@ada',
      'ada!',
      '-ada',
      'ada.',
      'ada/..',
      'a\u200bda',
      'аdа\0',
      7,
    ])
      expect([handle, (await changes(ada, { handle })).status]).toEqual([handle, 422])
    for (const handle of ['admin', 'Everyone', 'here', 'ＡＬＬ'])
      expect((await changes(ada, { handle })).body).toMatchObject({ code: 'handle_reserved' })
    const assistant = await changes(ada, { handle: 'assistant' })
    expect(assistant.status).toBe(422)
    for (const handle of ['a_b', 'x.y-z_1', 'köln', '42']) {
      const wanted = handle.length < 3 ? handle : unique(handle)
      expect((await changes(ada, { handle: wanted })).body.user?.handle).toBe(wanted)
    }
  })
})

describe('a portrait', () => {
  test('is made small, told to the others, and seen by everybody who is signed in', async () => {
    const stream = await grace.listens('/api/events')
    const { status, body } = await shows(ada, await png(2000, 1000))
    expect(status).toBe(200)
    expect(body.user.avatar_url).toMatch(/^\/uploads\/avatars\/[\da-f-]{36}\.webp$/)
    expect((await stream.sees('user.updated')).data.user.avatar_url).toBe(body.user.avatar_url)
    const served = await open(stranger, body.user.avatar_url)
    expect(served.status).toBe(200)
    expect(served.headers.get('content-type')).toBe('image/webp')
    expect(served.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect(served.headers.get('content-security-policy')).toContain('sandbox')
    expect(served.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await new Bun.Image(await served.bytes()).metadata()).toEqual({ width: 512, height: 256, format: 'webp' })
    expect((await fetch(server.url + body.user.avatar_url)).status).toBe(401)
  })

  test('takes the place of the one before, whose file goes', async () => {
    const before = disk.files('avatars').length
    const first = await shows(ada, gif(1))
    const second = await shows(ada, await webp())
    expect(disk.files('avatars')).toHaveLength(before + 1)
    expect((await open(ada, first.body.user.avatar_url)).status).toBe(404)
    expect((await open(ada, second.body.user.avatar_url)).status).toBe(200)
    const removed = await ada.call<Answered>('DELETE', '/api/auth/avatar')
    expect([removed.status, removed.body.user.avatar_url]).toEqual([200, null])
    expect(disk.files('avatars')).toHaveLength(before)
    expect((await ada.call('DELETE', '/api/auth/avatar')).status).toBe(200)
  })

  test('leaves one file, however many are sent at once', async () => {
    const before = disk.files('avatars').length
    const pictures = await Promise.all([1, 2, 3, 4, 5, 6].map(n => png(n, n)))
    const sent = await Promise.all(pictures.map(picture => shows(ada, picture)))
    expect(sent.every(({ status }) => status === 200)).toBe(true)
    expect(disk.files('avatars')).toHaveLength(before + 1)
    const { user } = await ada.must<{ user: User }>('GET', '/api/auth/me')
    expect((await open(ada, user.avatar_url)).status).toBe(200)
  })

  test('says nothing of where it was taken', async () => {
    const { body } = await shows(ada, await jpegWithGps())
    const kept = Buffer.from(await (await open(ada, body.user.avatar_url)).bytes())
    for (const trace of ['Exif', 'EXIF', 'HERE I LIVE']) expect(kept.includes(trace)).toBe(false)
  })

  test('that is none is refused, and the one before stays', async () => {
    const { user } = (await shows(ada, await png())).body
    const before = disk.files('avatars')
    const wrong = [Buffer.from('<svg onload="alert(1)"/>'), hugePng(20_000), await animatedWebp(), Buffer.from('x')]
    for (const bytes of wrong) expect((await shows(ada, bytes)).status).toBe(422)
    expect(disk.files('avatars')).toEqual(before)
    expect((await ada.must<{ user: User }>('GET', '/api/auth/me')).user.avatar_url).toBe(user.avatar_url)
  })
})
