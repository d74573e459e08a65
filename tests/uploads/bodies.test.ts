import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { AVATAR_MAX, BODY_MAX, UPLOAD_MAX } from '../../src/shared/limits.ts'
import type { Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { onDisk, png, sends, sendsForm } from '../support/pictures.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ada: Person
let room: Room
beforeAll(async () => {
  server = await startTestServer()
  ada = await server.person('Ada')
  room = await ada.creates()
})
afterAll(() => server.stop())

type Sending = { path: string; type: string; body: BodyInit; method?: string }
async function send({ path, type, body, method = 'POST' }: Sending) {
  const response = await fetch(server.url + path, { method, headers: { ...ada.headers, 'content-type': type }, body })
  const { code, detail } = (await response.json()) as { code?: string; detail?: string }
  return { status: response.status, type: response.headers.get('content-type'), code, detail }
}

/** Without a length: nobody knows how much there is to come. */
function piecemeal(head: string, tail: string, bytes: number) {
  let left = bytes
  const encode = (text: string) => new TextEncoder().encode(text)
  return new ReadableStream({
    start: controller => controller.enqueue(encode(head)),
    async pull(controller) {
      await Bun.sleep(0)
      const size = Math.min(left, 64 * 1024)
      if (size === 0) {
        controller.enqueue(encode(tail))
        return controller.close()
      }
      left -= size
      controller.enqueue(encode('x'.repeat(size)))
    },
  })
}
const multipart = 'multipart/form-data; boundary=B'
const part = (name: string, more = '') => `--B\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`
const TOO_LARGE = { status: 413, code: 'too_large', type: 'application/problem+json' }

describe('a body that is too large is refused in words', () => {
  const posts = () => `/api/rooms/${room.id}/messages`

  test('as JSON, with a length', async () => {
    const body = JSON.stringify({ content: 'x'.repeat(BODY_MAX), client_id: 'x' })
    const answer = await send({ path: posts(), type: 'application/json', body })
    expect(answer).toMatchObject({ ...TOO_LARGE, detail: 'The body is larger than one megabyte.' })
  })

  test('as JSON that grows, without one', async () => {
    const growing = (bytes: number) => piecemeal('{"client_id":"y","content":"', '"}', bytes)
    const answer = await send({ path: posts(), type: 'application/json', body: growing(3 * BODY_MAX) })
    expect(answer).toMatchObject(TOO_LARGE)
    expect((await send({ path: posts(), type: 'application/json', body: growing(1_000) })).status).toBe(201)
    const broken = await send({ path: posts(), type: 'application/json', body: piecemeal('{"content":"', '', 100) })
    expect(broken).toMatchObject({ status: 400, code: 'malformed_json' })
  })

  test('as a picture, with and without a length', async () => {
    const before = onDisk(server).paths().length
    expect(await sends(ada, room, new Uint8Array(UPLOAD_MAX + 1))).toMatchObject({
      status: 413,
      body: { code: 'too_large', detail: 'The picture is larger than 5 MB.' },
    })
    for (const size of [2 * UPLOAD_MAX, 3 * UPLOAD_MAX]) {
      const head = part('file', '; filename="x.png"')
      const whole = `${head}${'x'.repeat(size)}\r\n--B--\r\n`
      expect(await send({ path: '/api/upload', type: multipart, body: whole })).toMatchObject(TOO_LARGE)
      const growing = piecemeal(head, '\r\n--B--\r\n', size)
      expect(await send({ path: '/api/upload', type: multipart, body: growing })).toMatchObject(TOO_LARGE)
    }
    expect(onDisk(server).paths()).toHaveLength(before)
  })

  test('as a portrait', async () => {
    const form = new FormData()
    form.set('file', new File([new Uint8Array(AVATAR_MAX + 1)], 'me.png'))
    expect(await sendsForm(ada, '/api/auth/avatar', form)).toMatchObject({ status: 413, body: { code: 'too_large' } })
  })
})

describe('a form', () => {
  test('with twenty thousand fields is refused at once', async () => {
    const fields = Array.from({ length: 20_000 }, (_, n) => `${part(`f${n}`)}v\r\n`).join('')
    const body = `${part('room_id')}${room.id}\r\n${fields}--B--\r\n`
    const started = performance.now()
    expect(await send({ path: '/api/upload', type: multipart, body })).toMatchObject({
      status: 422,
      detail: 'The form has too many fields.',
    })
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  test('without a file, with two, with text for a file, or torn is refused', async () => {
    const two = new FormData()
    two.set('room_id', room.id)
    for (const name of ['a.png', 'b.png']) two.append('file', new File([new Uint8Array(await png())], name))
    const text = new FormData()
    text.set('room_id', room.id)
    text.set('file', 'iVBORw0KGgo')
    const none = new FormData()
    none.set('room_id', room.id)
    for (const form of [two, text, none])
      expect(await sendsForm(ada, '/api/upload', form)).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
    for (const [type, body] of [
      [multipart, `${part('room_id')}${room.id}`],
      ['multipart/form-data', 'x'],
    ] as const)
      expect(await send({ path: '/api/upload', type, body })).toMatchObject({ status: 400, code: 'malformed_form' })
  })

  test('goes to the routes that take files, and JSON to the others', async () => {
    const body = `${part('name')}x\r\n--B--\r\n`
    expect(await send({ path: '/api/rooms', type: multipart, body })).toMatchObject({ status: 415 })
    const answer = await send({ path: '/api/upload', type: 'application/json', body: '{}' })
    expect(answer).toMatchObject({ status: 415, detail: 'Send the file as multipart/form-data.' })
    const profile = { path: '/api/auth/profile', type: multipart, body, method: 'PATCH' }
    expect(await send(profile)).toMatchObject({ status: 415, detail: 'Send the body as application/json.' })
  })
})

test('the routes that take files say so in the description of the API', async () => {
  type Path = { post?: { requestBody?: { content: Record<string, { schema: { required: string[] } }> } } }
  const { paths } = (await (await fetch(`${server.url}/openapi/json`)).json()) as { paths: Record<string, Path> }
  const fields = (path: string) => paths[path]?.post?.requestBody?.content['multipart/form-data']?.schema.required
  expect(fields('/api/upload')).toEqual(['file', 'room_id'])
  expect(fields('/api/auth/avatar')).toEqual(['file'])
  for (const path of ['/api/auth/password', '/api/auth/sessions', '/api/auth/sessions/{session_id}'])
    expect(Object.keys(paths)).toContain(path)
})
