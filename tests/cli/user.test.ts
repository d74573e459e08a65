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

test('makes accounts: by a link, or with a password from standard input', async () => {
  await server.person('Ada')
  const grace = await user(['create', '--email', 'Grace@Example.org', '--name', 'Grace', '--admin', '--json'])
  expect(JSON.parse(grace.stdout)).toMatchObject({
    person: { email: 'grace@example.org', handle: 'grace', role: 'admin' },
    url: expect.stringContaining('/reset/'),
  })
  const eve = await user(
    ['create', '--email', 'eve@example.org', '--name', 'Eve', '--password-stdin'],
    'a password from a file\n',
  )
  expect(eve).toMatchObject({ exitCode: 0, stdout: 'Made Eve (@eve, eve@example.org, member).\n' })
  expect((await post('login', { email: 'eve@example.org', password: 'a password from a file' })).status).toBe(200)
})

test('says who is there, and refuses in words what cannot be', async () => {
  await server.person('Ada')
  await server.person('Eve')
  for (const [args, words] of [
    [
      ['create', '--email', 'eve.2@example.org', '--name', 'Eve'],
      'There is already an account with this e-mail address.',
    ],
    [['create', '--email', 'nonsense', '--name', 'Eve'], 'This is not an e-mail address.'],
    [['disable', 'nobody@example.org'], 'Nobody has the e-mail address, handle or id nobody@example.org.'],
  ] as const) {
    const refused = await user([...args])
    expect([refused.exitCode, refused.stdout]).toEqual([65, ''])
    expect(refused.stderr).toContain(words)
  }
  const { stdout } = await user(['list'])
  expect(stdout.split('\n').map(line => line.split(/ {2,}/)[2])).toEqual([
    'E-MAIL',
    'ada.1@example.org',
    'eve.2@example.org',
    undefined,
  ])
})

test('disables and enables: sessions end at once, and the last admin stays', async () => {
  const ada = await server.person('Ada')
  const eve = await server.person('Eve')
  expect((await user(['disable', eve.user.email ?? ''])).stdout).toContain('is disabled and signed out.')
  expect((await fetch(`${server.url}/api/auth/me`, { headers: { authorization: `Bearer ${eve.token}` } })).status).toBe(
    401,
  )
  expect((await user(['reset-password', '@eve'])).stderr).toContain('is disabled. Enable them first')
  expect((await user(['enable', '@eve'])).stdout).toContain('is enabled.')
  const kept = await user(['disable', ada.user.id])
  expect(kept).toMatchObject({ exitCode: 65, stderr: 'A server needs an admin: make somebody else one first.\n' })
})
