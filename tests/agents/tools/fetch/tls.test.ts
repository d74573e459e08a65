import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { answerOf } from './site.ts'

/** Of no use but here. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUZhXc5rVwZ1Z8Jok
v+L4GZ/zvHKqfMvoiAGhtQSc5yihRANCAASP3yw7LiV+xfblPN9WGDJdHIYo9xJa
tDHtayghpjak5PnWyFlBkfxvttSzuQ3l2DNi44y1aWkxmWGUrvX0DMuE
-----END PRIVATE KEY-----`
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmDCCAT6gAwIBAgIUX9s11cvqv12fEHBKu8RxyGBnR1swCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKbmFtZWQudGVzdDAgFw0yNjExMjAwNzQ2NDlaGA8yMTI2MTAy
NzA3NDY0OVowFTETMBEGA1UEAwwKbmFtZWQudGVzdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABI/fLDsuJX7F9uU831YYMl0chij3Elq0Me1rKCGmNqTk+dbIWUGR
/G+21LO5DeXYM2LjjLVpaTGZYZSu9fQMy4SjajBoMB0GA1UdDgQWBBTm5TPHkebX
xQDRck/+8HbL7XYeRTAfBgNVHSMEGDAWgBTm5TPHkebXxQDRck/+8HbL7XYeRTAP
BgNVHRMBAf8EBTADAQH/MBUGA1UdEQQOMAyCCm5hbWVkLnRlc3QwCgYIKoZIzj0E
AwIDSAAwRQIgB02Cdijv1me3agfzfkHQJiqtk4YwkXiDAOMabt07ZjYCIQCVscwA
wuiilTT5A8Wt+mzn4Yl1iTi0vq16kGAqA43D5Q==
-----END CERTIFICATE-----`

const folder = mkdtempSync(join(tmpdir(), 'web-fetch-'))
const authority = join(folder, 'authority.pem')
const names: (string | false | null)[] = []
let requests = 0
const server = tls.createServer({ key: KEY, cert: CERTIFICATE }, socket => {
  names.push(socket.servername)
  socket.on('error', () => {})
  socket.once('data', () => {
    requests += 1
    socket.end(answerOf('over TLS'))
  })
})
let port = 0
beforeAll(async () => {
  writeFileSync(authority, CERTIFICATE)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address !== null && typeof address === 'object') port = address.port
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

/** In a process of its own: what is trusted is read when a process starts. */
async function readAt(host: string, env: Record<string, string>): Promise<string> {
  const script = `
    import { createWebFetch } from './src/server/agents/tools/fetch/web-fetch.ts'
    const tool = createWebFetch({ resolve: async () => ['127.0.0.1'], allow: [{ host: '${host}', port: ${port} }] })
    const context = { signal: new AbortController().signal, mayOpen: () => true }
    const words = await tool.run({ url: 'https://${host}:${port}/' }, context).then(({ text }) => text, error => error.message)
    console.log(words)
    tool.close()`
  const child = Bun.spawn([process.execPath, '-e', script], {
    stderr: 'ignore',
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  return await new Response(child.stdout).text()
}

test('a certificate is checked against the name, not against the address it was pinned to', async () => {
  const [right, wrong, stranger, careless] = await Promise.all([
    readAt('named.test', { NODE_EXTRA_CA_CERTS: authority }),
    readAt('other.test', { NODE_EXTRA_CA_CERTS: authority }),
    readAt('named.test', {}),
    readAt('named.test', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
  ])
  expect(right).toContain('over TLS')
  expect(wrong).toContain(' has a certificate that is not trusted.')
  expect(stranger).toContain(' has a certificate that is not trusted.')
  expect(careless).toContain(' has a certificate that is not trusted.')
  expect(requests).toBe(1)
  expect(names[0]).toBe('named.test')
})
