import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, type TestServer } from '../support/server.ts'

const SCRIPT = `console.log(${JSON.stringify('x'.repeat(2_000))})`
let dir: string
let server: TestServer
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'groupchat-client-'))
  mkdirSync(join(dir, 'assets'))
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>GroupChat</title>')
  writeFileSync(join(dir, 'assets', 'main-abc123.js'), SCRIPT)
  writeFileSync(join(dir, 'secret.txt'), 'not for you')
  server = await startTestServer({ env: { STATIC_DIR: dir } })
})
afterAll(async () => {
  await server.stop()
  rmSync(dir, { recursive: true })
})
const get = (path: string, encoding = 'identity') =>
  fetch(`${server.url}${path}`, { headers: { 'accept-encoding': encoding }, decompress: false } as RequestInit)

describe('the client', () => {
  test('is one page under every address of the app, asked for again each time', async () => {
    for (const path of ['/', '/sign-in', '/rooms/x', '/m/abc']) {
      const response = await get(path)
      expect(response.headers.get('content-type')).toContain('text/html')
      expect(response.headers.get('cache-control')).toBe('no-cache')
      expect(await response.text()).toContain('<title>GroupChat</title>')
    }
  })

  test('has files that never change and travel compressed, the same bytes each time', async () => {
    for (let round = 0; round < 2; round++) {
      const plain = await get('/assets/main-abc123.js')
      expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(plain.headers.get('content-encoding')).toBeNull()
      expect(await plain.text()).toBe(SCRIPT)
      const zipped = await get('/assets/main-abc123.js', 'gzip, br')
      expect(zipped.headers.get('content-encoding')).toBe('gzip')
      expect(zipped.headers.get('vary')).toBe('accept-encoding')
      const bytes = new Uint8Array(await zipped.arrayBuffer())
      expect(bytes.length).toBeLessThan(300)
      expect(new TextDecoder().decode(Bun.gunzipSync(bytes))).toBe(SCRIPT)
    }
  })

  test('answers nothing outside of its folder', async () => {
    for (const path of [
      '/assets/../secret.txt',
      '/assets/%2e%2e/secret.txt',
      '/assets/..%2fsecret.txt',
      '/assets/none.js',
      '/.env',
      '/chat.db',
    ])
      expect(await (await get(path)).text()).not.toContain('not for you')
    expect((await get('/assets/none.js')).status).toBe(404)
    expect((await get('/api/none')).status).toBe(404)
    expect((await get('/uploads/none.png')).status).toBe(401)
    expect(await (await get('/chat.db')).text()).toContain('<title>')
  })

  test.each(['/', '/assets/main-abc123.js', '/api/auth/me', '/api/none', '/healthz', '/openapi'])(
    'carries the security headers at %s',
    async path => {
      const { headers } = await get(path)
      expect(headers.get('content-security-policy')).toContain(
        "default-src 'none'; script-src 'self'; style-src 'self'",
      )
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
    },
  )
})

describe('the API’s description', () => {
  test('names every call, what it takes and what it answers', async () => {
    const { paths } = (await (await get('/openapi/json')).json()) as {
      paths: Record<string, Record<string, { summary?: string; responses?: Record<string, unknown> }>>
    }
    expect(Object.keys(paths)).toContain('/api/rooms/{room_id}/messages')
    for (const [path, methods] of Object.entries(paths))
      for (const [method, call] of Object.entries(methods)) {
        expect([path, method, Boolean(call.summary)]).toEqual([path, method, true])
        expect([path, method, Object.keys(call.responses ?? {}).length > 1]).toEqual([path, method, true])
      }
  })
})

test('the process says that it lives and that it is ready', async () => {
  expect((await get('/healthz')).status).toBe(200)
  expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' })
})
