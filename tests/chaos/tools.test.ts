import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { INTERRUPTED } from '../../src/server/agents/recovery.ts'
import type { Message, MessageVersion } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import { type FakeProvider, type RecordedRequest, type Script, startFakeProvider } from '../support/fake-provider.ts'
import { Person } from '../support/person.ts'
import { createRandom } from '../support/random.ts'
import { createServerProcess } from './server-process.ts'

setDefaultTimeout(30_000)

const REPETITIONS = 4
/** Text is kept every 250 ms; the rest is for a machine that is busy with other tests. */
const MAY_BE_MISSING_MS = 500
const PACE_MS = 20

const random = createRandom(20_261_120)
/** At most so many milliseconds, each time others. */
const moment = (most: number) => Bun.sleep(Math.floor(random() * most))

let folder: string
let provider: FakeProvider
let site: ReturnType<typeof Bun.serve>
let server: ReturnType<typeof createServerProcess>
let ada: Person
let room: Room
/** Pages that were asked for, and who waits for the next one. */
let visits: string[] = []
let visited = Promise.withResolvers<void>()
/** What the model has said so far, and when. */
let said: { text: string; at: number }[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-crash-'))
  provider = await startFakeProvider({ handler: script })
  site = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url)
      visits.push(pathname)
      visited.resolve()
      const headers = { 'content-type': 'text/html' }
      if (pathname.startsWith('/short')) return new Response('<p>A short page with a sentence in it.</p>', { headers })
      return new Response(
        new ReadableStream({ start: page => page.enqueue('<p>A page that never ends, whose first words these are, ') }),
        { headers },
      )
    },
  })
  server = createServerProcess({
    DATA_DIR: folder,
    OPENROUTER_BASE_URL: provider.baseUrl,
    OPENROUTER_API_KEY: provider.apiKey ?? '',
    WEB_FETCH_ALLOW: `127.0.0.1:${site.port}`,
  })
  await server.start()
  const account = { email: 'ada@example.org', password: 'correct horse battery', display_name: 'Ada' }
  ada = await Person.register(server.url, account)
  room = await ada.creates({ ai_mode: 'always', model_id: 'fake/large' })
})
afterAll(async () => {
  ada.leaves()
  await server.kill()
  await provider.stop()
  await site.stop(true)
  rmSync(folder, { recursive: true, force: true })
})

/** What is asked for decides: a page to read, a text without end, or anything else, which is answered at once. */
function script({ body }: RecordedRequest): Script {
  const last = body.messages.at(-1)
  if (last?.role === 'tool') return { text: 'What I read is', stallAt: 0 }
  const wish = String(last?.content).split('\n').at(-1) ?? ''
  const url = /http:\S+/.exec(wish)?.[0]
  if (url) return { text: 'Let me look. ', toolCalls: [{ id: 'look', name: 'web_fetch', arguments: { url } }] }
  return wish.includes('write') ? { text: endlessly(), pace: PACE_MS } : { text: 'Here I am.' }
}

function* endlessly() {
  said = []
  for (let n = 1; ; n++) {
    // The piece before was on its way when this one is asked for.
    const text = `word${n} `
    said.push({ text, at: Date.now() + PACE_MS })
    yield text
  }
}

/** Kills the process, starts another and returns what is left of the answer, once it is sure that nothing goes on. */
async function killed(question: Message): Promise<Message> {
  await server.kill()
  const before = { visits: visits.length, requests: provider.requests.length }
  await server.start()
  ada.leaves()
  const stream = await ada.listens(`/api/rooms/${room.id}/events`)
  const left = (await ada.reads(room)).find(message => message.ai?.trigger_message_id === question.id)
  if (!left?.ai) throw new Error('Nothing is left of the answer')
  expect(left).toMatchObject({ status: 'interrupted', ai: { error: INTERRUPTED, error_code: 'interrupted' } })
  const { versions } = await ada.must<{ versions: MessageVersion[] }>('GET', `/api/messages/${left.id}/versions`)
  expect(versions.map(({ status, content, ai }) => ({ status, content, ai }))).toEqual([
    { status: left.status, content: left.content, ai: left.ai },
  ])

  // Whatever had been taken up again would be before this one in the room's lane.
  const next = await ada.says(room, 'And now?')
  const answer = (await stream.sees('message.updated', event => event.data.message.ai?.trigger_message_id === next.id))
    .data.message
  expect(answer).toMatchObject({ status: 'complete', content: 'Here I am.' })
  expect({ visits: visits.length, requests: provider.requests.length }).toEqual({
    visits: before.visits,
    requests: before.requests + 1,
  })
  expect((await ada.reads(room)).find(message => message.id === left.id)).toEqual(left)
  expect(unfinished()).toEqual([])
  return left
}

function unfinished() {
  const database = new Database(join(folder, 'chat.db'), { readonly: true })
  const rows = database
    .query(
      `SELECT id FROM messages WHERE status = 'streaming' OR ai LIKE '%"status":"running"%'
       UNION ALL SELECT id FROM agent_sessions WHERE status = 'running'`,
    )
    .all()
  database.close()
  return rows
}

const page = (path: string) => `http://127.0.0.1:${site.port}${path}`

async function asksToRead(path: string): Promise<Message> {
  visits = []
  visited = Promise.withResolvers()
  return ada.says(room, `read ${page(path)}`)
}

test(`${REPETITIONS} kills while a tool is running: it is said to be cut, and not run again`, async () => {
  for (let n = 1; n <= REPETITIONS; n++) {
    const question = await asksToRead(`/endless/${n}`)
    await visited.promise
    if (n > 1) await moment(200)
    const left = await killed(question)
    expect(visits).toEqual([`/endless/${n}`])
    expect(left.content).toBe('Let me look. ')
    expect(left.ai?.tools).toMatchObject([
      { name: 'web_fetch', arguments: { url: page(`/endless/${n}`) }, status: 'error', error: INTERRUPTED },
    ])
  }
})

test(`${REPETITIONS} kills between a tool and what the model says to it: what was read is not read again`, async () => {
  for (let n = 1; n <= REPETITIONS; n++) {
    const question = await asksToRead(`/short/${n}`)
    if (n % 2 === 0) {
      await visited.promise
      await moment(20)
    } else {
      await provider.nextRequest()
      await provider.nextRequest()
      await moment(100)
    }
    const left = await killed(question)
    expect(visits).toEqual([`/short/${n}`])
    expect(left.content).toBe('Let me look. ')
    const [tool, ...others] = left.ai?.tools ?? []
    expect(others).toEqual([])
    if (tool?.status === 'done') expect(tool.result).toContain('A short page')
    else expect(tool).toMatchObject({ status: 'error', error: INTERRUPTED, result: null })
  }
})

test(`${REPETITIONS} kills in the middle of a text: all but the last moment of it stays`, async () => {
  for (let n = 1; n <= REPETITIONS; n++) {
    const stream = await ada.listens(`/api/rooms/${room.id}/events`)
    const question = await ada.says(room, 'write')
    await stream.sees('message.delta', event => event.data.text.includes('word'))
    await moment(900)
    const at = Date.now()
    const left = await killed(question)
    const whole = said.map(({ text }) => text).join('')
    const due = said
      .filter(piece => piece.at < at - MAY_BE_MISSING_MS)
      .map(({ text }) => text)
      .join('')
    expect(whole).toStartWith(left.content)
    expect(left.content).toStartWith(due)
  }
})
