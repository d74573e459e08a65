import { Database as Connection } from 'bun:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ContentPart } from '../../src/server/agents/providers/provider.ts'
import type { Message, MessageVersion } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { StreamReader } from '../support/stream.ts'

/** One red pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='

let provider: FakeProvider
let server: TestServer
let ada: Person
let stranger: Person
let room: Room
let stream: StreamReader
beforeAll(async () => {
  provider = await startFakeProvider()
  server = await startTestServer({ provider })
  ada = await server.person('Ada')
  stranger = await server.person('Stranger')
})
afterAll(async () => {
  await server.stop()
  await provider.stop()
})
beforeEach(async () => {
  room = await ada.creates({ model_id: 'fake/large' })
  stream = await ada.listens(`/api/rooms/${room.id}/events`)
})
afterEach(() => ada.leaves())

/** As an upload will: the file in its folder, its row beside the message. */
async function attach(message: Message, bytes: Uint8Array) {
  const path = `chat-images/${crypto.randomUUID()}.png`
  const file = join(server.dataDir, 'uploads', path)
  mkdirSync(dirname(file), { recursive: true })
  await Bun.write(file, bytes)
  const db = new Connection(join(server.dataDir, 'chat.db'))
  db.run('PRAGMA busy_timeout = 2000')
  db.run(
    `INSERT INTO uploads (id, user_id, room_id, message_id, path, name, mime, bytes, width, height, created_at)
     VALUES (?, ?, ?, ?, ?, 'a "graph".png', 'image/png', ?, 3000, 20, ?)`,
    [crypto.randomUUID(), message.sender_id, room.id, message.id, path, bytes.length, Date.now()],
  )
  db.close()
}
const finished = async (): Promise<Message> => (await stream.sees('message.updated')).data.message
const lastTurn = () => provider.requests.at(-1)?.body.messages.at(-1)?.content

describe('a picture that somebody posts', () => {
  test('is shown, scaled down, to a model that can see', async () => {
    const wide = await new Bun.Image(Buffer.from(PIXEL, 'base64')).resize(3000, 20).png().bytes()
    const message = await ada.says(room, 'our graph')
    await attach(message, wide)
    await ada.says(room, '@assistant what is it?')
    await finished()
    const parts = lastTurn() as ContentPart[]
    const picture = parts.find(part => part.type === 'image_url')
    const url = picture?.type === 'image_url' ? picture.image_url.url : ''
    expect(url).toStartWith('data:image/png;base64,')
    const shown = await new Bun.Image(Buffer.from(url.split(',')[1] ?? '', 'base64')).metadata()
    expect(shown.width).toBe(1568)
    expect(JSON.stringify(parts.filter(part => part.type === 'text'))).toContain('shown below')
  })

  test('is told of in words to a model that cannot', async () => {
    await ada.must('PATCH', `/api/rooms/${room.id}`, { model_id: 'fake/plain' })
    await attach(await ada.says(room, 'our graph'), Buffer.from(PIXEL, 'base64'))
    await ada.says(room, '@assistant what is it?')
    await finished()
    expect(lastTurn()).toContain("[a picture was posted here: a 'graph'.png, 3000×20; which this model cannot see]")
  })

  test('that is broken does not stop the answer', async () => {
    await attach(await ada.says(room, 'our graph'), Buffer.from('no picture at all'))
    await ada.says(room, '@assistant what is it?')
    expect((await finished()).status).toBe('complete')
    expect(lastTurn()).toContain('not shown to you')
  })
})

describe('a picture that a model draws', () => {
  test('is kept with its version, and served to members alone', async () => {
    provider.next({ text: 'Here.', images: [`data:image/png;base64,${PIXEL}`, 'data:image/png;base64,bm90aGluZw=='] })
    await ada.says(room, '@assistant draw')
    const first = await finished()
    expect(first.attachments).toMatchObject([{ mime: 'image/png', width: 1, height: 1, name: 'picture 1' }])
    const url = first.attachments[0]?.url ?? ''
    const open = (headers: Record<string, string>) => fetch(server.url + url, { headers })
    const served = await open(ada.headers)
    expect(served.status).toBe(200)
    expect(served.headers.get('content-type')).toBe('image/png')
    expect(served.headers.get('x-content-type-options')).toBe('nosniff')
    expect(served.headers.get('cache-control')).toMatch(/^private/)
    expect(served.headers.get('content-security-policy')).toContain('sandbox')
    expect((await new Bun.Image(await served.bytes()).metadata()).width).toBe(1)
    expect((await open(stranger.headers)).status).toBe(404)
    expect((await open({})).status).toBe(401)
    expect((await ada.call('GET', '/uploads/..%2fchat.db')).status).toBe(404)

    provider.next({ text: 'Another.' })
    await ada.must('POST', `/api/messages/${first.id}/regenerate`, {})
    const second = await stream.until('the second', () =>
      stream.all('message.updated').find(event => event.data.message.content === 'Another.'),
    )
    expect(second.data.message.attachments).toEqual([])
    const { versions } = await ada.must<{ versions: MessageVersion[] }>('GET', `/api/messages/${first.id}/versions`)
    expect(versions.map(version => version.attachments.length)).toEqual([1, 0])
  })
})
