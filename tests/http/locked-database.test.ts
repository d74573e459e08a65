import { Database as Connection } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

test('while another program holds the database, writers are told so in words, and readers read', async () => {
  const ada = await server.person('Ada')
  const room = await ada.creates()
  const posts = (content: string) =>
    ada.call<{ code: string }>('POST', `/api/rooms/${room.id}/messages`, { content, client_id: 'one' })
  const other = new Connection(join(server.dataDir, 'chat.db'))
  other.run('BEGIN IMMEDIATE')
  const refused = await posts('Is anybody there?')
  expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([503, 'database_busy', '2'])
  expect(await ada.reads(room)).toEqual([])
  other.run('ROLLBACK')
  other.close()
  expect((await posts('Is anybody there?')).status).toBe(201)
  expect((await ada.reads(room)).map(message => message.content)).toEqual(['Is anybody there?'])
})
