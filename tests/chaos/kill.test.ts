import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Message } from '../../src/shared/messages.ts'
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts'
import { Person } from '../support/person.ts'
import { startReader, startWriter } from './clients.ts'
import { createServerProcess } from './server-process.ts'

const KILLS = 20
const WRITERS = 5
/** A kill in five comes while the assistant is writing. */
const REPLY_EVERY = 5

let folder: string
let provider: FakeProvider
let server: ReturnType<typeof createServerProcess>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-crash-'))
  provider = await startFakeProvider()
  server = createServerProcess({
    DATA_DIR: folder,
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

async function until(holds: () => boolean | Promise<boolean>) {
  while (!(await holds())) await Bun.sleep(5)
}

/** `one two three …`, for as long as somebody listens. */
function* endlessly() {
  for (let n = 1; ; n++) yield `word${n} `
}

test(`${KILLS} kills lose nothing, double nothing and leave nothing half done`, async () => {
  const ada = await Person.register(server.url, {
    email: 'ada@example.org',
    password: 'correct horse battery',
    display_name: 'Ada',
  })
  const room = await ada.creates({ ai_mode: 'off' })
  const studio = await ada.creates({ ai_mode: 'always' })
  const { cursor } = await ada.must<{ cursor: string }>('GET', `/api/rooms/${room.id}/messages`)
  const readers = ['/api/events', `/api/rooms/${room.id}/events`].map(path => startReader(ada, path, room.id, cursor))
  const writers = Array.from({ length: WRITERS }, (_, at) => startWriter(ada, room.id, `writer-${at}`, 1))
  const acknowledged = () => writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0)
  const cutShort: { id: string; kept: string }[] = []

  for (let kill = 1; kill <= KILLS; kill++) {
    if (kill % REPLY_EVERY === 0) cutShort.push(await replyIsBeingWritten(`question ${kill}`))
    // Each time at another moment of what the server does.
    const enough = acknowledged() + 20 + ((kill * 37) % 50)
    await until(() => acknowledged() >= enough)
    await server.kill()
    await server.start()
  }

  await Promise.all(writers.map(writer => writer.stop()))
  const posted = writers.flatMap(writer => writer.acknowledged)
  await until(() => readers.every(({ messages }) => messages.length >= posted.length))
  for (const { id, kept } of cutShort) {
    const reply = (await ada.reads(studio)).find(message => message.id === id)
    expect(reply?.status).toBe('interrupted')
    expect(reply?.content).toStartWith(kept)
    expect([...endlessly().take(10_000)].join('')).toStartWith(reply?.content ?? 'nothing')
  }
  await Promise.all(readers.map(reader => reader.stop()))
  await server.stop()

  const stored = readDatabase(room.id)
  expect(stored.integrity).toEqual(['ok'])
  expect(stored.unfinished).toBe(0)
  expect(stored.messages.map(({ seq }) => seq)).toEqual(stored.messages.map((_, at) => at + 1))
  expect(stored.created).toEqual(stored.messages.map(({ id }) => id))
  // Every writer insisted until it was answered, so what is stored is what was acknowledged: neither less nor more.
  const bySeq = posted.toSorted((one, other) => one.seq - other.seq)
  expect(stored.messages).toEqual(bySeq.map(({ id, seq, client_id }) => ({ id, seq, client_id })))
  expect(new Set(posted.map(({ client_id }) => client_id)).size).toBe(posted.length)
  for (const reader of readers) {
    expect(reader.resets).toBe(0)
    expect(reader.messages.map(({ id }) => id)).toEqual(bySeq.map(({ id }) => id))
  }

  /** Asks, and returns once some of the answer is on disk while it goes on. */
  async function replyIsBeingWritten(question: string) {
    provider.next({ text: endlessly(), pace: 5 })
    await ada.says(studio, question)
    let reply: Message | undefined
    await until(async () => {
      const page = await ada.reads(studio)
      reply = page.findLast(message => message.sender_kind === 'agent')
      return reply?.status === 'streaming' && reply.content.length > 0
    })
    return { id: reply?.id ?? '', kept: reply?.content ?? '' }
  }
}, 120_000)

function readDatabase(room_id: string) {
  const database = new Database(join(folder, 'chat.db'), { readonly: true })
  const all = <Row>(sql: string, ...values: string[]) => database.query<Row, string[]>(sql).all(...values)
  const [unfinished] = all<{ n: number }>(
    "SELECT (SELECT count(*) FROM messages WHERE status = 'streaming') + (SELECT count(*) FROM agent_sessions WHERE status = 'running') AS n",
  )
  const found = {
    integrity: all<{ integrity_check: string }>('PRAGMA integrity_check').map(row => row.integrity_check),
    unfinished: unfinished?.n,
    messages: all<{ id: string; seq: number; client_id: string | null }>(
      'SELECT id, seq, client_id FROM messages WHERE room_id = ? ORDER BY seq',
      room_id,
    ),
    created: all<{ id: string }>(
      "SELECT json_extract(data, '$.message.id') AS id FROM events WHERE type = 'message.created' AND room_id = ? ORDER BY events.id",
      room_id,
    ).map(row => row.id),
  }
  database.close()
  return found
}
