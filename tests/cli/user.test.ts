import { afterEach, beforeEach, expect, test } from 'bun:test'
import { startTestServer, type TestServer } from '../support/server.ts'
import { groupchat } from './groupchat.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.stop())

const user = (args: string[], input?: string) =>
  groupchat(server.dataDir, ['user', ...args], { env: { PUBLIC_URL: 'https://chat.example.org' }, input })

const post = (path: string, body: unknown) =>
  fetch(`${server.url}/api/auth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

test('an admin who lost the password comes back by a link, beside the running server', async () => {
  const ada = await server.person('Ada')
  const { exitCode, stdout } = await user(['reset-password', '@ada'])
  expect(exitCode).toBe(0)
  const [, token] = /^https:\/\/chat\.example\.org\/reset\/(\S+)$/m.exec(stdout) ?? []
  expect((await post('reset', { token, password: 'another long password' })).status).toBe(204)
  expect((await post('login', { email: ada.user.email, password: 'another long password' })).status).toBe(200)
  expect((await post('reset', { token, password: 'another long password' })).status).toBe(404)
})

test('makes an admin, who sets the password by a link', async () => {
  await server.person('Ada')
  const grace = await user(['create', '--email', 'Grace@Example.org', '--name', 'Grace', '--admin', '--json'])
  expect(JSON.parse(grace.stdout)).toMatchObject({
    person: { email: 'grace@example.org', handle: 'grace', role: 'admin' },
    url: expect.stringMatching(/^https:\/\/chat\.example\.org\/reset\/./),
  })
})

test('makes an account with a password from standard input', async () => {
  await server.person('Ada')
  const eve = await user(
    ['create', '--email', 'eve@example.org', '--name', 'Eve', '--password-stdin'],
    'a password from a file\n',
  )
  expect(eve).toMatchObject({ exitCode: 0, stdout: 'Made Eve (@eve, eve@example.org, member).\n' })
  expect((await post('login', { email: 'eve@example.org', password: 'a password from a file' })).status).toBe(200)
})

test('says who is there', async () => {
  await server.person('Ada')
  await server.person('Eve')
  const { stdout } = await user(['list'])
  const emails = stdout.split('\n').map(line => line.split(/ {2,}/)[2])
  expect(emails).toEqual(['EMAIL', 'ada.1@example.org', 'eve.2@example.org', undefined])
})

for (const [args, words] of [
  [['create', '--email', 'ada.1@example.org', '--name', 'Ada'], 'There is already an account with this email address.'],
  [['create', '--email', 'nonsense', '--name', 'Eve'], 'This is not an email address.'],
  [['disable', 'nobody@example.org'], 'Nobody has the email address, handle or id nobody@example.org.'],
  [['disable', '@ada'], 'A server needs an admin: make somebody else one first.'],
] as const)
  test(`refuses in words: user ${args.join(' ')}`, async () => {
    await server.person('Ada')
    const refused = await user([...args])
    expect([refused.exitCode, refused.stdout]).toEqual([65, ''])
    expect(refused.stderr).toContain(words)
  })

test('disables and enables: sessions end at once', async () => {
  await server.person('Ada')
  const eve = await server.person('Eve')
  expect((await user(['disable', eve.user.email ?? ''])).stdout).toContain('is disabled and signed out.')
  const { status } = await eve.call('GET', '/api/auth/me')
  expect(status).toBe(401)
  expect((await user(['reset-password', '@eve'])).stderr).toContain('is disabled. Enable them first')
  expect((await user(['enable', '@eve'])).stdout).toContain('is enabled.')
})
