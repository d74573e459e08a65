import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { request } from 'node:http'
import { disposition, fileName } from '../../src/server/uploads/names.ts'
import type { Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { onDisk, png, sends } from '../support/pictures.ts'
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

const ODD = '☃ "quoted" %00 \\ ; \u202egnp.exe \u0001\u0007 \'*()🦊\ud83e'

describe('the name of a file', () => {
  test('is data: shortened, without what is not seen, and never a path', async () => {
    const long = `${ODD.repeat(20).slice(0, 511)}.png`
    for (const name of [
      long,
      '../../../etc/passwd',
      '..\\..\\boot.ini',
      '%2e%2e%2fchat.db',
      '/',
      '..',
      'x/../chat.db',
    ]) {
      const { status, body } = await sends(ada, room, await png(), name)
      expect(status).toBe(201)
      expect(body.upload.url).toMatch(/^\/uploads\/chat-images\/[\da-f-]{36}\.png$/)
      expect(body.upload.name.length).toBeWithin(1, 256)
      expect(body.upload.name).not.toMatch(/[\p{Cc}\u202e/\\]/u)
      const served = await fetch(server.url + body.upload.url, { headers: ada.headers })
      expect(served.status).toBe(200)
      expect(served.headers.get('content-disposition')).toMatch(/^inline; filename\*=UTF-8''[\w.!~%-]+$/)
    }
    const disk = onDisk(server)
    expect(disk.files('chat-images').sort()).toEqual(disk.paths().sort())
  })

  test('keeps what people call their pictures', () => {
    expect(fileName('Urlaub in Köln (2).jpeg')).toBe('Urlaub in Köln (2).jpeg')
    expect(fileName('👩‍💻 at work.png')).toBe('👩‍💻 at work.png')
    expect(fileName('C:\\Users\\ada\\graph.png')).toBe('graph.png')
    expect(fileName('…'.repeat(300))).toHaveLength(255)
    expect(fileName(`${'x'.repeat(254)}🦊`)).toBe('x'.repeat(254))
    for (const nothing of ['', ' ', '.', '..', '\u0000', 'a/']) expect(fileName(nothing)).toBe('picture')
  })

  test('is told to browsers as RFC 8187 spells it', () => {
    expect(disposition("a 'b' (c)*\r\nSet-Cookie: x.png", 'image/png')).toBe(
      "inline; filename*=UTF-8''a%20%27b%27%20%28c%29%2A%0D%0ASet-Cookie%3A%20x.png",
    )
    expect(disposition('Köln.JPEG', 'image/jpeg')).toBe("inline; filename*=UTF-8''K%C3%B6ln.JPEG")
    expect(disposition('x.gif', 'image/png')).toBe("inline; filename*=UTF-8''x.gif.png")
    expect(disposition('half \ud83e', 'image/webp')).toBe("inline; filename*=UTF-8''half%20%EF%BF%BD.webp")
  })
})

test('no spelling of an address leads out of the folder', async () => {
  await sends(ada, room, await png())
  for (const path of [
    '/uploads/../chat.db',
    '/uploads/%2e%2e/chat.db',
    '/uploads/..%2fchat.db',
    '/uploads/chat-images/..%2f..%2fchat.db',
    '/uploads/chat-images/',
    '/uploads/avatars/..%2f..%2fchat.db',
    '/uploads/avatars/%2e%2e',
    '/uploads/avatars/',
    '/uploads//etc/passwd',
    '/uploads/chat-images/%00.png',
  ])
    expect([path, await outcome(path)]).toEqual([path, 'nothing of ours'])
})

/** Sent as it is spelt: `fetch` would tidy it up. */
function outcome(path: string): Promise<string> {
  const { port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, headers: ada.headers }, async answer => {
      const text = Buffer.concat(await Array.fromAsync(answer as AsyncIterable<Buffer>)).toString('latin1')
      // The page of the client stands under every other address.
      const harmless = answer.statusCode === 404 || /^(<!doctype|$)/i.test(text)
      resolve(harmless ? 'nothing of ours' : `${answer.statusCode} ${text.slice(0, 40)}`)
    })
    asked.on('error', reject).end()
  })
}
