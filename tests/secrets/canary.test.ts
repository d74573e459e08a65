import { Database as Connection } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { openDatabase } from '../../src/server/db/open.ts'
import { BackupList } from '../../src/shared/backups.ts'
import { createServerProcess, type ServerProcess } from '../chaos/server-process.ts'
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts'
import { keyHolder } from '../support/key-holder.ts'

/** Words that occur nowhere else, in every place that holds a secret. */
const CANARY = {
  password: 'canary-password-5ba8e6f1',
  wrong_password: 'canary-wrong-password-77c1',
  new_password: 'canary-new-password-1f0d',
  jwt_secret: 'canary-jwt-secret-0123456789-0123456789',
  provider_key: 'sk-or-canary-7d1f9c3b5a',
  search_key: 'tvly-canary-2c9e',
  smtp_password: 'canary-smtp-4b7a',
}

let folder: string
let provider: FakeProvider
let server: ServerProcess
/** Everything that anybody was answered, but for the answers whose very purpose is to hand out a secret. */
const answers: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-canary-'))
  provider = await startFakeProvider({ apiKey: CANARY.provider_key })
  const env = {
    DATA_DIR: folder,
    JWT_SECRET: CANARY.jwt_secret,
    OPENROUTER_BASE_URL: provider.baseUrl,
    OPENROUTER_API_KEY: CANARY.provider_key,
    SEARCH_PROVIDER: 'tavily',
    TAVILY_API_KEY: CANARY.search_key,
    TAVILY_BASE_URL: 'http://127.0.0.1:9',
    SMTP_URL: `smtp://mailer:${CANARY.smtp_password}@127.0.0.1:9`,
    MAIL_FROM: 'chat@example.org',
    LOG_LEVEL: 'debug',
  }
  server = createServerProcess(env, [], join(folder, 'said.log'))
  await server.start()
})
afterAll(async () => {
  await server.kill()
  await provider.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Call = { token?: string; body?: unknown; hands_out?: boolean; cookie?: string }
async function call(method: string, path: string, { token, body, hands_out = false, cookie }: Call = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(cookie && { cookie }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  if (!hands_out) answers.push(text)
  return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, never> }
}

test('secrets stay where they belong: not in a log, an error, a frame, a backup’s neighbour or the SQL log', async () => {
  const email = 'ada@example.org'
  const { body } = await call('POST', '/api/auth/register', {
    body: { email, password: CANARY.password, display_name: 'Ada' },
    hands_out: true,
  })
  const token = String(body.token)
  const me = (body.user ?? {}) as { id: string }
  const secrets: Record<string, string> = { ...CANARY, token }
  const frames = new AbortController()
  const listening = fetch(`${server.url}/api/events`, {
    headers: { authorization: `Bearer ${token}` },
    signal: frames.signal,
  })
    .then(async response => {
      for await (const chunk of response.body ?? []) answers.push(`frame: ${new TextDecoder().decode(chunk)}`)
    })
    .catch(() => {})

  // Refusals that could echo what was sent.
  await call('POST', '/api/auth/register', {
    body: { email: 'no address', password: CANARY.password, display_name: 3 },
  })
  await call('POST', '/api/auth/register', { body: { email, password: CANARY.password, display_name: 'Again' } })
  await call('POST', '/api/auth/login', { body: { email, password: CANARY.wrong_password } })
  await call('POST', '/api/auth/login', { body: { email: [], password: CANARY.wrong_password } })
  await call('POST', '/api/auth/login', { body: `{"email":"${email}","password":"${CANARY.wrong_password}"` })
  await call('POST', '/api/auth/password', {
    token,
    body: { current_password: CANARY.wrong_password, new_password: CANARY.new_password },
  })
  await call('POST', '/api/auth/password', {
    token,
    body: { current_password: CANARY.password, new_password: 7, [CANARY.new_password]: 1 },
  })
  await call('GET', `/api/rooms/${token}`, { token })
  await call('GET', `/nothing/${token}`)
  await call('GET', '/api/rooms', { token: `${token}x` })
  await call('GET', '/api/rooms', { cookie: `session=${token}.broken` })

  // Things that have secrets of their own.
  const room = ((
    await call('POST', '/api/rooms', { token, body: { name: 'Lounge', model_id: 'fake/small', ai_mode: 'always' } })
  ).body.room ?? {}) as { id: string }
  const invited = await call('POST', '/api/invites', {
    token,
    body: { room_id: room.id, email: 'grace@example.org' },
    hands_out: true,
  })
  secrets.invite = String(invited.body.url).split('/').at(-1) ?? ''
  expect(secrets.invite.length).toBeGreaterThan(20)
  await call('GET', `/api/invites/${secrets.invite}`)
  await call('GET', `/api/rooms/${room.id}/invites`, { token })
  const reset = await call('POST', `/api/admin/people/${me.id}/reset-link`, { token, body: {}, hands_out: true })
  secrets.reset = String(reset.body.url).split('/').at(-1) ?? ''
  expect(secrets.reset.length).toBeGreaterThan(20)
  await call('POST', '/api/auth/reset', { body: { token: secrets.reset, password: 'short' } })
  const holder = keyHolder(server.url)
  const asked = await holder.asks()
  secrets.nostr_cookie = asked.cookie.split('=').slice(1).join('=')
  const event = holder.signs(asked)
  secrets.nostr_signature = event.sig
  await call('POST', '/api/auth/nostr/verify', { body: { event: { ...event, kind: 1 } }, cookie: asked.cookie })
  await call('POST', '/api/auth/nostr/verify', { body: { event }, cookie: 'nostr=other' })

  // A provider that repeats the key in what it refuses with, as some do.
  provider.next({
    refuse: {
      status: 401,
      body: { error: { message: `Incorrect API key provided: ${CANARY.provider_key}`, code: 401 } },
    },
  })
  await call('POST', `/api/rooms/${room.id}/messages`, { token, body: { content: 'a question', client_id: 'one' } })
  const ended = async () => {
    const page = await call('GET', `/api/rooms/${room.id}/messages`, { token })
    return (page.body.messages as unknown as { status: string; sender_kind: string }[]).some(
      ({ sender_kind, status }) => sender_kind === 'agent' && status === 'error',
    )
  }
  while (!(await ended())) await Bun.sleep(10)
  await call('GET', '/metrics', { token })
  await call('POST', '/api/admin/backups', { token, body: {} })
  const backedUp = async () =>
    BackupList.parse((await call('GET', '/api/admin/backups', { token })).body).backups.length
  while (!(await backedUp())) await Bun.sleep(20)
  for (const path of ['/backup.sql', '/chat.db', '/.jwt-secret', '/backups/', '/../chat.db', '/uploads/../chat.db'])
    await call('GET', path)
  frames.abort()
  await listening
  await server.stop()
  await putAwayLog()

  const files = filesBut(/\.db(-wal|-shm)?$/)
  const searched = { answers: answers.join('\n'), ...files }
  const [part = 'no part'] = Object.keys(files).filter(name => name.endsWith('.gz'))
  expect(files[part]).toContain(email)
  expect(Object.keys(files).filter(name => name.startsWith('backups/groupchat-'))).toHaveLength(1)
  expect(files['said.log']?.split('\n').length).toBeGreaterThan(20)
  const found = Object.entries(searched).flatMap(([where, text]) =>
    Object.entries(secrets).flatMap(([what, secret]) => (text.includes(secret) ? [`${what} in ${where}`] : [])),
  )
  expect(found).toEqual([])
  // The hash of a password is in the database, in its backups and in the SQL log, and nowhere else.
  const hashed = Object.entries(searched).flatMap(([where, text]) => (text.includes('$argon2') ? [where] : []))
  expect(hashed).toEqual([part])
}, 60_000)

/** The SQL log is put away compressed, as one that is full is. */
async function putAwayLog() {
  const db = await openDatabase('sqlite:chat.db', folder, { sqlLog: 'on', partMax: 1 })
  const other = new Connection(join(folder, 'chat.db'))
  other.run(`UPDATE users SET display_name = 'Ada Lovelace'`)
  other.close()
  while (!readdirSync(folder).some(name => name.endsWith('.gz'))) await Bun.sleep(20)
  await db.close()
}

function filesBut(left_out: RegExp): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return Object.fromEntries(
    names
      .filter(name => statSync(join(folder, name)).isFile() && !left_out.test(name))
      .map(name => {
        const bytes = readFileSync(join(folder, name))
        return [name, (name.endsWith('.gz') ? Buffer.from(gunzipSync(bytes)) : bytes).toString('latin1')]
      }),
  )
}
