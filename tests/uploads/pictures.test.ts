import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Message } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import {
  animatedPng,
  animatedWebp,
  bitmap,
  gif,
  hugePng,
  jpeg,
  jpegWithGps,
  jpegWithProfile,
  onDisk,
  png,
  sends,
  webp,
} from '../support/pictures.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ada: Person
let room: Room
let disk: ReturnType<typeof onDisk>
beforeAll(async () => {
  server = await startTestServer()
  ada = await server.person('Ada')
  room = await ada.creates()
  disk = onDisk(server)
})
afterAll(() => server.stop())
// Whatever a test sent: what is on disk and what rows name is the same.
afterEach(() => expect(disk.files('chat-images').sort()).toEqual(disk.paths().sort()))

const open = (person: Person, url: string) => fetch(person.url + url, { headers: person.headers })

describe('a picture', () => {
  test('is kept, described and served as what it is', async () => {
    const sent = await sends(ada, room, await png(40, 30), 'our graph.png')
    expect(sent.status).toBe(201)
    const { upload } = sent.body
    expect(upload).toMatchObject({ mime: 'image/png', width: 40, height: 30, name: 'our graph.png' })
    expect(upload.url).toMatch(/^\/uploads\/chat-images\/[\da-f-]{36}\.png$/)
    const served = await open(ada, upload.url)
    expect(served.status).toBe(200)
    const headers = Object.fromEntries(served.headers)
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': "inline; filename*=UTF-8''our%20graph.png",
      'x-content-type-options': 'nosniff',
    })
    expect(headers['cache-control']).toBe('private, no-cache')
    expect(headers['content-security-policy']).toContain('sandbox')
    const bytes = await served.bytes()
    expect(bytes.length).toBe(upload.bytes)
    expect(await new Bun.Image(bytes).metadata()).toEqual({ width: 40, height: 30, format: 'png' })
  })

  test('is not sent again to whoever has it, and asked for each time, so that it is gone once it was deleted', async () => {
    const { upload } = (await sends(ada, room, await png())).body
    const draft = { content: '', client_id: crypto.randomUUID(), attachment_ids: [upload.id] }
    const { message } = await ada.must<{ message: Message }>('POST', `/api/rooms/${room.id}/messages`, draft)
    const tag = (await open(ada, upload.url)).headers.get('etag') ?? ''
    expect(tag).toMatch(/^"[^"]+"$/)
    const asks = async (who: Person, kept: string) => {
      const headers = { ...who.headers, 'if-none-match': kept }
      return fetch(who.url + upload.url, { headers })
    }
    for (const kept of [tag, `W/${tag}`, `"another", ${tag}`]) {
      const answer = await asks(ada, kept)
      expect([answer.status, await answer.text()]).toEqual([304, ''])
      expect(answer.headers.get('cache-control')).toBe('private, no-cache')
      expect(answer.headers.get('etag')).toBe(tag)
    }
    expect((await asks(ada, '"another"')).status).toBe(200)
    const stranger = await server.person('Stranger')
    expect((await asks(stranger, tag)).status).toBe(404)
    await ada.must('DELETE', `/api/messages/${message.id}`)
    expect((await asks(ada, tag)).status).toBe(404)
  })

  test('is told by its bytes, not by its name or its type', async () => {
    const kinds = [
      [await jpeg(), 'image/jpeg', 'jpg'],
      [await webp(), 'image/webp', 'webp'],
      [gif(1), 'image/png', 'png'],
    ] as const
    for (const [bytes, mime, extension] of kinds) {
      const { body } = await sends(ada, room, bytes, 'page.html', 'text/html')
      expect(body.upload).toMatchObject({ mime, name: 'page.html' })
      expect(body.upload.url).toEndWith(`.${extension}`)
      const served = await open(ada, body.upload.url)
      expect(served.headers.get('content-type')).toBe(mime)
      // What is saved under this name does not open as a page.
      expect(served.headers.get('content-disposition')).toEndWith(`page.html.${extension}`)
    }
  })

  test('loses where it was taken, and stands upright', async () => {
    const original = await jpegWithGps()
    expect(original.includes('HERE I LIVE')).toBe(true)
    const { body } = await sends(ada, room, original, 'holiday.jpg')
    expect(body.upload).toMatchObject({ mime: 'image/jpeg', width: 20, height: 40 })
    const kept = Buffer.from(await (await open(ada, body.upload.url)).bytes())
    for (const trace of ['Exif', 'HERE I LIVE', '2026']) expect(kept.includes(trace)).toBe(false)
  })

  test('loses what hangs behind it', async () => {
    const trailer = Buffer.from('<script>alert(document.domain)</script>')
    for (const bytes of [await png(), await jpeg(), await webp(), gif(1)]) {
      const { status, body } = await sends(ada, room, Buffer.concat([bytes, trailer]))
      expect(status).toBe(201)
      expect(Buffer.from(await (await open(ada, body.upload.url)).bytes()).includes('<script')).toBe(false)
    }
  })

  test('cut short is refused or mended, never kept as it came', async () => {
    for (const bytes of [await png(200, 200), await jpeg(200, 200), await webp(200, 200), gif(1)]) {
      const half = bytes.subarray(0, Math.floor(bytes.length / 2))
      const { status, body } = await sends(ada, room, half)
      if (status !== 201) expect({ status, code: body.code }).toEqual({ status: 422, code: 'not_a_picture' })
      else {
        const kept = await (await open(ada, body.upload.url)).bytes()
        expect((await new Bun.Image(kept).png().bytes()).length).toBeGreaterThan(0)
      }
    }
  })
})

describe('refused in words, and nothing of it is kept:', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
  const polyglot = 'GIF89a/*\0\0\0\0\0*/=1;alert(1)//'
  const cases: [what: string, code: string, bytes: () => Uint8Array | Promise<Uint8Array>][] = [
    ['a page named .png', 'not_a_picture', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['a drawing that runs scripts', 'not_a_picture', () => Buffer.from(svg)],
    ['a GIF that is a script as well', 'not_a_picture', () => Buffer.from(polyglot, 'latin1')],
    ['a GIF that is a script and claims a canvas', 'too_many_pixels', () => Buffer.from('GIF89a/*..=1;alert(1)//aaaa')],
    ['a script hidden in a colour profile', 'not_a_picture', () => jpegWithProfile('<SCRIPT>alert(1)</SCRIPT>')],
    ['a header that claims 20000×20000', 'too_many_pixels', () => hugePng(20_000, 1)],
    ['400 megapixels in a small file', 'too_many_pixels', () => hugePng(20_000)],
    ['an animated GIF', 'animated_picture', () => gif(2)],
    ['ten thousand frames', 'animated_picture', () => gif(10_000)],
    ['an animated PNG', 'animated_picture', animatedPng],
    ['an animated WebP', 'animated_picture', animatedWebp],
    ['a bitmap', 'not_a_picture', bitmap],
    ['nothing at all', 'not_a_picture', () => Buffer.alloc(0)],
    ['noise', 'not_a_picture', () => crypto.getRandomValues(new Uint8Array(5_000))],
  ]
  for (const [what, code, bytes] of cases)
    test(what, async () => {
      const before = disk.paths().length
      const started = performance.now()
      const { status, body } = await sends(ada, room, await bytes())
      expect({ status, code: body.code }).toEqual({ status: 422, code })
      expect(body.detail).toMatch(/\.$/)
      expect(performance.now() - started).toBeLessThan(1_000)
      expect(disk.paths().length).toBe(before)
    })

  test('the huge ones are small files', () => {
    expect(hugePng(20_000).length).toBeLessThan(100_000)
  })
})

test('twenty pictures at once are all kept', async () => {
  const picture = await png(300, 200)
  const sent = await Promise.all(Array.from({ length: 20 }, (_, n) => sends(ada, room, picture, `${n}.png`)))
  expect(sent.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201))
  expect(new Set(sent.map(({ body }) => body.upload.url)).size).toBe(20)
})
