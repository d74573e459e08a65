import { Database as Sqlite } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { createReset, resetPassword } from '../../src/server/accounts/reset.ts'
import type { Database } from '../../src/server/db/database.ts'
import { openDatabase } from '../../src/server/db/open.ts'
import type { Signal } from '../../src/server/events/bus.ts'
import { openBus } from '../../src/server/events/open.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

// Every hash takes a core for a tenth of a second, and more where others use it too.
setDefaultTimeout(30_000)

let server: TestServer
let db: Database
let admin: Person

beforeAll(async () => {
  server = await startTestServer()
  admin = await server.person('Admin')
  db = await openDatabase('sqlite:chat.db', server.dataDir)
})
afterAll(async () => {
  await db.close()
  await server.stop()
})

const link = async (to: Person) => (await createReset(db, { user_id: to.user.id, created_by: admin.user.id })).token
const post = (path: string, body: unknown) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const reset = (token: string, password = 'a new and better one') => post('/api/auth/reset', { token, password })
const login = async (who: Person, password: string) =>
  (await post('/api/auth/login', { email: who.user.email, password })).status
function inDatabase(sql: string, ...values: (string | number)[]) {
  const database = new Sqlite(join(server.dataDir, 'chat.db'))
  database.run('PRAGMA busy_timeout = 2000')
  database.run(sql, values)
  database.close()
}

describe('a link for a new password', () => {
  test('works once, and ends every session and stream of that person alone', async () => {
    const [ada, grace] = [await server.person('Ada'), await server.person('Grace')]
    const stream = await ada.listens('/api/events')
    const token = await link(ada)
    expect((await reset(token)).status).toBe(204)
    await stream.ends()
    expect((await ada.call('GET', '/api/auth/me')).status).toBe(401)
    expect((await grace.call('GET', '/api/auth/me')).status).toBe(200)
    expect(await login(ada, 'correct horse battery')).toBe(401)
    expect(await login(ada, 'a new and better one')).toBe(200)
    expect((await reset(token, 'another one')).status).toBe(404)
    expect(await login(ada, 'a new and better one')).toBe(200)
    ada.leaves()
  })

  test('rings for each session that it ends, so that no stream waits for the next look', async () => {
    const ada = await server.person('Ada')
    const [bus, heard] = [openBus(), [] as Signal[]]
    bus.subscribe(signal => heard.push(signal))
    const passwords = { hash: async () => 'a hash', verify: async () => false }
    const token = await link(ada)
    await resetPassword(db, bus, passwords, { token, password: 'a new and better one' })
    expect(heard).toEqual([{ kind: 'session_ended', session_id: expect.any(String) }])
  })

  test('works once however many use it at the same time', async () => {
    const ada = await server.person('Ada')
    const token = await link(ada)
    const passwords = Array.from({ length: 4 }, (_, n) => `password number ${n}`)
    const statuses = await Promise.all(passwords.map(async password => (await reset(token, password)).status))
    expect([...statuses].sort()).toEqual([204, 404, 404, 404])
    const working = await Promise.all(passwords.map(password => login(ada, password)))
    expect(working.map(status => status === 200)).toEqual(statuses.map(status => status === 204))
  })

  test('is nothing alike when it is used, old, replaced, unknown or of somebody disabled', async () => {
    const [old, replaced, gone] = [await server.person('Old'), await server.person('Two'), await server.person('Gone')]
    const tokens = [await link(old), await link(replaced), await link(gone), 'x'.repeat(43), '']
    const second = await link(replaced)
    inDatabase('UPDATE password_resets SET expires_at = ? WHERE user_id = ?', Date.now() - 1, old.user.id)
    inDatabase('UPDATE users SET disabled_at = 1 WHERE id = ?', gone.user.id)
    const answers = await Promise.all(tokens.map(token => reset(token)))
    expect(answers.map(answer => answer.status)).toEqual(tokens.map(() => 404))
    expect(new Set(await Promise.all(answers.map(answer => answer.text()))).size).toBe(1)
    expect(await login(old, 'correct horse battery')).toBe(200)
    expect((await reset(second)).status).toBe(204)
  })

  test('asks for a password as good as at sign-up, and stays good until it gets one', async () => {
    const ada = await server.person('Ada')
    const token = await link(ada)
    for (const password of ['short', 'x'.repeat(129), '', null, ['correct horse']]) {
      const answer = await post('/api/auth/reset', { token, password })
      expect(answer.status).toBe(422)
      expect(await answer.text()).not.toContain(token)
    }
    expect((await reset(token)).status).toBe(204)
  })

  test('is not made for an assistant or for nobody', async () => {
    const [agent] = await db.read.select().from(db.tables.users).limit(1)
    expect(agent?.kind).toBe('agent')
    for (const user_id of [agent?.id ?? '', crypto.randomUUID()])
      await expect(createReset(db, { user_id, created_by: admin.user.id })).rejects.toThrow('no such user')
  })

  test('is kept as a hash, and named in no log', async () => {
    const token = await link(await server.person('Ada'))
    const database = new Sqlite(join(server.dataDir, 'chat.db'), { readonly: true })
    expect(JSON.stringify(database.query('SELECT * FROM password_resets').all())).not.toContain(token)
    database.close()
    await reset(token)
    expect(server.lines.join('\n')).not.toContain(token)
  })
})
