import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { InviteMade } from '../../src/shared/invites.ts'
import { type Mail, startMailbox } from '../support/mailbox.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

setDefaultTimeout(30_000)

const PUBLIC_URL = 'https://chat.example.org'
let mailbox: Awaited<ReturnType<typeof startMailbox>>
let server: TestServer
let ada: Person

const mailingTo = (SMTP_URL: string) =>
  startTestServer({ env: { PUBLIC_URL, SMTP_URL, MAIL_FROM: 'GroupChat <chat@example.org>' } })

beforeAll(async () => {
  mailbox = await startMailbox()
  server = await mailingTo(mailbox.url)
  ada = await server.person('Ada')
})
afterAll(async () => {
  await server.stop()
  await mailbox.stop()
})

async function mails(by: Person, name: string, headers: Record<string, string> = {}) {
  const room = await by.creates({ name, visibility: 'private' })
  const response = await fetch(`${by.url}/api/invites`, {
    method: 'POST',
    headers: { ...by.headers, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ room_id: room.id, email: 'charles@example.org' }),
  })
  if (response.status !== 201) throw new Error(`inviting answered ${response.status}: ${await response.text()}`)
  return InviteMade.parse(await response.json())
}
const newest = (): Mail => {
  const mail = mailbox.mails.at(-1)
  if (!mail) throw new Error('no mail came')
  return mail
}
const field = ({ header }: Mail, name: string) =>
  header.split('\r\n').filter(line => line.toLowerCase().startsWith(`${name}:`))

describe('an invite by mail', () => {
  test('brings the link, the room and the inviter, in plain text and in HTML', async () => {
    const { url, mail } = await mails(ada, 'Book club')
    expect(mail).toEqual({ sent: true, reason: null })
    const letter = newest()
    expect([letter.from, letter.to]).toEqual(['chat@example.org', ['charles@example.org']])
    expect(field(letter, 'subject')).toEqual(['Subject: Ada invites you to Book club'])
    expect(field(letter, 'from')).toEqual(['From: GroupChat <chat@example.org>'])
    expect(letter.body).toContain('Content-Type: text/plain')
    expect(letter.body).toContain('Content-Type: text/html')
    expect(letter.body).toContain(`\n${url}\r\n`)
    expect(letter.body).toContain(`<a href="${url}">`)
    const token = url.slice(`${PUBLIC_URL}/invite/`.length)
    expect((await fetch(`${server.url}/api/invites/${token}`)).status).toBe(200)
  })

  test('holds no address but the link, whatever host the request speaks of', async () => {
    for (const headers of [
      { host: 'evil.example' },
      { origin: 'https://evil.example' },
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
    ] as Record<string, string>[]) {
      const { url } = await mails(ada, 'Plain', headers)
      const { raw, body } = newest()
      expect(raw).not.toContain('evil')
      expect(raw).not.toContain(server.url)
      expect([...new Set(body.match(/https?:[^\s"<]+/g))]).toEqual([url])
    }
  })

  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert'],
    ['"><img src=x onerror=alert(1)>', '&quot;&gt;&lt;img'],
    ["Tom & Jerry's", 'Tom &amp; Jerry&#39;s'],
  ])('shows the name %j as words', async (name, shown) => {
    await mails(ada, name)
    const html = newest().body.split('text/html')[1] ?? ''
    expect(html).toContain(shown)
    expect(html.match(/<(?!\/?(html|head|meta|body|p|b|a)\b|!doctype)/g)).toBeNull()
  })

  test.each([
    'Hello\u2028Bcc: eve@evil.example',
    'Hello\u0085Bcc: eve@evil.example',
    'Hello\u000bBcc: eve@evil.example',
    '=?utf-8?q?Hello=0D=0ABcc:_eve@evil.example?=',
    'Hello%0d%0aBcc: eve@evil.example',
    'eve@evil.example, Ada <ada@example.org>',
  ])('gets no header out of the name %j', async name => {
    await ada.must('PATCH', '/api/auth/profile', { display_name: name.slice(0, 60) })
    await mails(ada, name)
    await ada.must('PATCH', '/api/auth/profile', { display_name: 'Ada' })
    const letter = newest()
    expect(letter.to).toEqual(['charles@example.org'])
    const names = letter.raw.slice(0, letter.raw.indexOf('\r\n\r\n')).match(/^[\w-]+(?=:)/gm) ?? []
    const expected = ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to']
    expect(names.map(each => each.toLowerCase()).sort()).toEqual(expected)
    expect(field(letter, 'to')).toEqual(['To: charles@example.org'])
  })

  test('makes no link of a name that looks like one', async () => {
    const { url } = await mails(ada, 'Win at https://evil.example/login or evil.example')
    const { body } = newest()
    expect(body).toContain('evil.\u2060example')
    expect(body).not.toContain('evil.example')
    expect([...new Set(body.match(/https?:\/\/[^\s"<]+/g))]).toEqual([url])
  })
})

describe('a mail that cannot be sent', () => {
  test.each([
    ['the server refuses', 550, /did not take|does not take/],
    ['the server is busy', 451, /did not take|does not take/],
  ])('is told in the answer when %s, and the link works', async (_, refuse, words) => {
    const grumpy = await startMailbox({ refuse })
    const other = await mailingTo(grumpy.url)
    const { url, mail } = await mails(await other.person('Ada'), 'Book club')
    expect(mail).toEqual({ sent: false, reason: expect.stringMatching(words) })
    expect(mail?.reason).not.toContain('private detail')
    const token = url.slice(`${PUBLIC_URL}/invite/`.length)
    expect((await fetch(`${other.url}/api/invites/${token}`)).status).toBe(200)
    const log = other.lines.join('\n')
    expect(log).toContain('an invite was not mailed')
    for (const secret of [token, 'charles@', 'private detail']) expect(log).not.toContain(secret)
    await other.stop()
    await grumpy.stop()
  })

  test('is told when nobody listens there', async () => {
    const gone = await startMailbox()
    await gone.stop()
    const other = await mailingTo(gone.url.replace('smtp://', 'smtp://user:hunter2@'))
    const { mail } = await mails(await other.person('Ada'), 'Book club')
    expect(mail).toEqual({ sent: false, reason: expect.stringContaining('cannot be reached') })
    expect(other.lines.join('\n')).not.toContain('hunter2')
    await other.stop()
  })

  test('is told when the server hangs up', async () => {
    const rude = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: { open: socket => void socket.end(), data() {} },
    })
    const other = await mailingTo(`smtp://127.0.0.1:${rude.port}`)
    const { mail } = await mails(await other.person('Ada'), 'Book club')
    expect(mail).toEqual({ sent: false, reason: expect.any(String) })
    await other.stop()
    rude.stop(true)
  })

  test('is told where the server is not set up for mail', async () => {
    const silent = await startTestServer({ env: { PUBLIC_URL } })
    const { mail, url } = await mails(await silent.person('Ada'), 'Book club')
    expect(mail).toEqual({ sent: false, reason: expect.stringContaining('not set up') })
    expect(url).toStartWith(PUBLIC_URL)
    await silent.stop()
  })
})
