import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { replayLog } from '../../src/server/record/replay.ts'
import type { Room } from '../../src/shared/rooms.ts'
import { contentsOf } from '../record/support.ts'
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts'
import { Person } from '../support/person.ts'
import { startWriter } from './clients.ts'
import { createServerProcess, type ServerProcess } from './server-process.ts'
import { startSocketReader } from './socket-reader.ts'

const STREAMS = 500
const REPLIES = 5
/** Until everybody is back after a restart, in milliseconds. */
const BACK_WITHIN_MS = 15_000

let folder: string
let provider: FakeProvider
let server: ServerProcess
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-stop-'))
  provider = await startFakeProvider()
  server = createServerProcess({
    DATA_DIR: folder,
    DATABASE_URL: 'sqlite:chat.db?mode=rwc',
    OPENROUTER_BASE_URL: provider.baseUrl,
    OPENROUTER_API_KEY: provider.apiKey ?? '',
  })
  await server.start()
})
afterAll(async () => {
  await server.kill()
  await provider.stop()
  rmSync(folder, { recursive: true, force: true })
})

function* endlessly() {
  for (let n = 1; ; n++) yield `word${n} `
}
async function until(holds: () => boolean | Promise<boolean>) {
  while (!(await holds())) await Bun.sleep(5)
}

test(`asked to stop, it ends ${STREAMS} streams and ${REPLIES} replies in good order and loses nothing`, async () => {
  const ada = await Person.register(server.url, {
    email: 'ada@example.org',
    password: 'correct horse battery',
    display_name: 'Ada',
  })
  const room = await ada.creates({ ai_mode: 'off' })
  const studios: Room[] = []
  for (let n = 0; n < REPLIES; n++) studios.push(await ada.creates({ name: `Studio ${n}`, ai_mode: 'always' }))
  const { cursor } = await ada.must<{ cursor: string }>('GET', `/api/rooms/${room.id}/messages`)
  const readers = Array.from({ length: STREAMS }, () => startSocketReader(ada, `/api/rooms/${room.id}/events`, cursor))
  const writers = Array.from({ length: 4 }, (_, at) => startWriter(ada, room.id, `writer-${at}`, 10))
  for (const studio of studios) {
    provider.next({ text: endlessly(), pace: 5 })
    await ada.says(studio, 'a question')
  }
  const written = async () => {
    const pages = await Promise.all(studios.map(studio => ada.reads(studio)))
    return pages.map(page => page.findLast(message => message.sender_kind === 'agent'))
  }
  await until(async () => (await written()).every(reply => reply?.status === 'streaming' && reply.content.length > 0))
  await until(() => readers.every(({ seqs }) => seqs.length > 0))

  server.signal('SIGTERM')
  expect(await server.ended()).toBe(0)
  // All is in the file itself: nothing is left for a journal beside it, nor owed to the SQL log.
  const wal = join(folder, 'chat.db-wal')
  expect(existsSync(wal) ? statSync(wal).size : 0).toBe(0)
  const database = new Database(join(folder, 'chat.db'), { readonly: true })
  expect(database.query('SELECT count(*) AS n FROM record_outbox').get()).toEqual({ n: 0 })
  expect(database.query(`SELECT count(*) AS n FROM messages WHERE status = 'streaming'`).get()).toEqual({ n: 0 })
  database.close()
  await replayLog(folder, join(folder, 'replayed.db'))
  expect(contentsOf(join(folder, 'replayed.db'))).toEqual(contentsOf(join(folder, 'chat.db')))

  const before = readers.map(({ seqs }) => seqs.length)
  await server.start()
  const started = performance.now()
  await ada.says(room, 'Is everybody back?')
  await until(() => readers.every(({ seqs }, at) => seqs.length > (before[at] ?? 0)))
  expect(performance.now() - started).toBeLessThan(BACK_WITHIN_MS)
  for (const reply of await written()) {
    expect(reply).toMatchObject({ status: 'interrupted' })
    expect([...endlessly().take(20_000)].join('')).toStartWith(reply?.content ?? 'nothing')
  }
  for (const writer of writers) await writer.stop()
  const posted = 1 + writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0)
  await until(() => readers.every(({ seqs }) => seqs.length >= posted))
  for (const { seqs, resets } of readers) {
    expect(resets).toBe(0)
    expect(seqs).toEqual(Array.from({ length: posted }, (_, at) => at + 1))
  }
  for (const reader of readers) reader.stop()
}, 90_000)
