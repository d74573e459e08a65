import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { replayLog } from '../../src/server/record/replay.ts'
import { verifyLog } from '../../src/server/record/verify.ts'
import type { Message } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import { contentsOf } from '../record/support.ts'
import { startFakeProvider } from '../support/fake-provider.ts'
import { Person } from '../support/person.ts'
import { createRandom } from '../support/random.ts'
import { check, type Verdict } from './checker.ts'
import { startReader, startWriter } from './clients.ts'
import { createNemesis } from './nemesis.ts'
import { startProxy } from './proxy.ts'
import { createServerProcess } from './server-process.ts'

const ROOMS = 4
const WRITERS = 8
const ASK_EVERY_MS = 1_500

export type Outcome = Verdict & {
  nemesis: Record<string, number>
  proxy: Record<string, number>
  answers: number
  resets: number
  /** Whether the SQL log makes the same database again. */
  replays: boolean
}

export type ChaosOptions = { seconds: number; seed: number; pause_ms?: number; tell?: (words: string) => void }

/** Writers, readers and a model at work, and a nemesis at theirs; then the question what became of every message. */
export async function runChaos({ seconds, seed, pause_ms = 2, tell = () => {} }: ChaosOptions): Promise<Outcome> {
  const random = createRandom(seed)
  const folder = mkdtempSync(join(tmpdir(), 'groupchat-chaos-'))
  const clock = join(folder, 'clock')
  const fetched = new Map<string, number>()
  const pages = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname === '/robots.txt') return new Response('', { status: 404 })
      fetched.set(pathname, (fetched.get(pathname) ?? 0) + 1)
      return new Response(`<html><body><p>This is ${pathname}.</p></body></html>`, {
        headers: { 'content-type': 'text/html' },
      })
    },
  })
  const provider = await startFakeProvider({ handler: ({ body }) => answerTo(body) })
  const server = createServerProcess(
    {
      DATA_DIR: folder,
      DATABASE_URL: 'sqlite:chat.db?mode=rwc',
      OPENROUTER_BASE_URL: provider.baseUrl,
      OPENROUTER_API_KEY: provider.apiKey ?? '',
      WEB_FETCH_ALLOW: `127.0.0.1:${pages.port}`,
      CHAOS_CLOCK: clock,
    },
    [join(import.meta.dir, 'clock.ts')],
  )
  try {
    await server.start()
    const proxy = await startProxy(server.url)
    const direct = await Person.register(server.url, {
      email: 'ada@example.org',
      password: 'correct horse battery',
      display_name: 'Ada',
    })
    const through = new Person(proxy.url, direct.user, direct.token)
    const rooms: Room[] = []
    for (let n = 0; n < ROOMS; n++) rooms.push(await direct.creates({ name: `Room ${n}`, ai_mode: 'off' }))
    const studio = await direct.creates({ name: 'Studio', ai_mode: 'always' })
    const { cursor } = await direct.must<{ cursor: string }>('GET', `/api/rooms/${studio.id}/messages`)
    const readers = rooms.flatMap(({ id }) => [
      { name: 'all', room_id: id, reader: startReader(through, '/api/events', id, cursor) },
      { name: 'room', room_id: id, reader: startReader(through, `/api/rooms/${id}/events`, id, cursor) },
    ])
    const writers = Array.from({ length: WRITERS }, (_, at) => {
      const room_id = rooms[at % ROOMS]?.id ?? ''
      return { room_id, writer: startWriter(through, room_id, `writer-${at}`, pause_ms) }
    })
    let questions = 0
    const asking = setInterval(() => {
      const content = `Please open http://127.0.0.1:${pages.port}/page-${++questions}`
      const body = { content, client_id: `question-${questions}` }
      void direct.call('POST', `/api/rooms/${studio.id}/messages`, body).catch(() => {})
    }, ASK_EVERY_MS)

    const nemesis = createNemesis({ server, proxy, clock, random })
    const until = Date.now() + seconds * 1000
    await nemesis.kill()
    while (Date.now() < until) {
      await nemesis.strike()
      await Bun.sleep(100 + random() * 900)
      const count = writers.reduce((sum, { writer }) => sum + writer.acknowledged.length, 0)
      tell(
        `${count} acknowledged · ${Object.entries(nemesis.done)
          .map(([what, times]) => `${times} ${what}`)
          .join(' · ')}`,
      )
    }
    clearInterval(asking)
    for (const { writer } of writers) await writer.stop()
    const acknowledged = new Map<string, Message[]>()
    for (const { room_id, writer } of writers)
      acknowledged.set(room_id, [...(acknowledged.get(room_id) ?? []), ...writer.acknowledged])
    await settled(() =>
      readers.every(({ room_id, reader }) => reader.messages.length >= (acknowledged.get(room_id)?.length ?? 0)),
    )
    for (const { reader } of readers) await reader.stop()
    const answers = (await direct.reads(studio, '?limit=200')).filter(
      ({ sender_kind }) => sender_kind === 'agent',
    ).length
    await server.stop()
    const verdict = check({
      database: join(folder, 'chat.db'),
      acknowledged,
      readers: readers.map(({ name, room_id, reader }) => ({
        name,
        room_id,
        messages: reader.messages,
        resets: reader.resets,
      })),
      fetched,
    })
    const figures = proxy.figures
    await proxy.stop()
    return {
      ...verdict,
      nemesis: nemesis.done,
      proxy: figures,
      answers,
      resets: readers.reduce((sum, { reader }) => sum + reader.resets, 0),
      replays: await replays(folder),
    }
  } finally {
    await server.kill()
    await provider.stop()
    await pages.stop(true)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A page is asked for once for each question; then the answer says that it was read. */
function answerTo(body: { messages: { role: string; content?: unknown }[] }) {
  const last = body.messages.at(-1)
  if (last?.role === 'tool')
    return { text: 'I have read the page, and this is what it says, in a few more words.', pace: 20 }
  const asked = JSON.stringify(last?.content ?? '')
    .match(/http:\/\/127\.0\.0\.1:\d+\/page-\d+/g)
    ?.at(-1)
  if (!asked) return { text: 'Nothing to open.', pace: 20 }
  return { toolCalls: [{ name: 'web_fetch', arguments: { url: asked } }] }
}

/** Readers come back by themselves; if one never gets all, the checker says so. */
async function settled(holds: () => boolean) {
  for (let waited = 0; waited < 30_000 && !holds(); waited += 50) await Bun.sleep(50)
}

async function replays(folder: string): Promise<boolean> {
  if ((await verifyLog(folder)).problems.length > 0) return false
  const target = join(folder, 'replayed.db')
  await replayLog(folder, target)
  return Bun.deepEquals(contentsOf(target), contentsOf(join(folder, 'chat.db')))
}
