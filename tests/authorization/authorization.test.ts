import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProblemDetails } from '../../src/shared/problems.ts'
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Call, Case, Scene } from './calls.ts'
import { assemble, type Cast, JWT_SECRET } from './cast.ts'
import { createPlace, type Place } from './place.ts'
import { EVERYBODY, type Outcome, type Who } from './policies.ts'
import { TABLE } from './table.ts'

setDefaultTimeout(120_000)

type Route = { method: string; path: string }
type Cell = { route: Route; about: string; who: Who; expected: Outcome; case: Case }
type Answer = { status: number; type: string; cache: string; text: string }

let client: string
let provider: FakeProvider
let server: TestServer
let cast: Cast
beforeAll(async () => {
  client = mkdtempSync(join(tmpdir(), 'groupchat-client-'))
  mkdirSync(join(client, 'assets'))
  for (const file of ['index.html', 'favicon.svg', 'theme.js', 'assets/main-abc123.js'])
    writeFileSync(join(client, file), '<!doctype html>')
  provider = await startFakeProvider()
  server = await startTestServer({ provider, env: { STATIC_DIR: client, JWT_SECRET } })
  cast = await assemble(server)
})
afterAll(async () => {
  cast.db.close()
  await server.stop()
  await provider.stop()
  rmSync(client, { recursive: true })
})

const nameOf = ({ method, path }: Route) => `${method} ${path}`

test('every route has its row, and every row its route', () => {
  expect(Object.keys(TABLE).toSorted()).toEqual(server.routes.map(nameOf).toSorted())
  // Of a thing that a route names, the row has to say too what happens when it is not there.
  const untold = Object.entries(TABLE).filter(([route, { length }]) => length < (/[:*]/.test(route) ? 2 : 1))
  expect(untold.map(([route]) => route)).toEqual([])
})

test('everybody is answered as the table says, and a refusal changes nothing', async () => {
  const wrong: string[] = []
  const notFound = new Map<string, Set<string>>()
  for (const route of server.routes) {
    const cells = (TABLE[nameOf(route)] ?? []).flatMap(each =>
      EVERYBODY.map(who => ({ route, who, about: each.about, expected: each.expected[who], case: each })),
    )
    const answered = [...(await refuse(route, cells.filter(isHarmless), wrong)), ...(await grant(cells))]
    for (const [cell, answer] of answered) {
      wrong.push(...mistakesOf(cell, answer))
      const problem = problemOf(answer)
      if (problem?.status !== 404) continue
      notFound.set(problem.code, (notFound.get(problem.code) ?? new Set()).add(answer.text))
    }
  }
  for (const [code, bodies] of notFound)
    if (bodies.size > 1) wrong.push(`${code}: what is missing and what is forbidden differ: ${[...bodies].join(' ')}`)
  expect(wrong).toEqual([])
})

/** What may be asked without a change: everything that is refused, and every GET. */
const isHarmless = ({ route, expected }: Cell) => route.method === 'GET' || statusOf(expected) >= 400

/** Calls what is to change nothing, all in one place, and looks whether it has: on disk, and for those who listen. */
async function refuse(route: Route, cells: Cell[], wrong: string[]) {
  const place = createPlace(cast)
  const { owner } = cast.people
  const { room } = await place.home()
  const calls = await Promise.all(cells.map(async cell => [cell, await callOf(cell, place)] as const))
  await calm()
  const stream = await owner.listens(`/api/events?watch=${room.id}`)
  await stream.sees('hello')
  const before = contents()
  const answered = await Promise.all(calls.map(async ([cell, call]) => [cell, await ask(cell, call)] as const))
  const after = contents()
  const changed = [...after.keys()].filter(table => after.get(table) !== before.get(table))
  if (changed.length > 0) wrong.push(`${nameOf(route)}: what should change nothing has changed ${changed.join(', ')}`)
  const last = await owner.says(room, 'and that was all')
  await stream.sees('message.created', ({ data }) => data.message.id === last.id)
  // Whoever may listen is seen to be there: that is no change of anything.
  const heard = stream.events.map(({ type }) => type).filter(type => type !== 'hello' && type !== 'presence')
  if (heard.length > 1)
    wrong.push(`${nameOf(route)}: what should change nothing was heard as ${heard.slice(0, -1).join(', ')}`)
  owner.leaves()
  return answered
}

/** Calls what is to change something, each in a place of its own. */
async function grant(cells: Cell[]) {
  const answered = await Promise.all(
    cells
      .filter(cell => !isHarmless(cell))
      .map(async cell => {
        const call = await callOf(cell, createPlace(cast))
        return [cell, await ask(cell, call)] as const
      }),
  )
  await calm()
  return answered
}

async function callOf({ route, who, case: { call } }: Cell, place: Place): Promise<Call & { path: string }> {
  const scene: Scene = { who, person: cast.personBehind(who), cast, place }
  const made = await call(scene)
  if (made.path) return { ...made, path: made.path }
  const params = { ...made.params }
  if (route.path.includes(':room_id')) params.room_id ??= (await place.home()).room.id
  if (route.path.includes(':message_id')) params.message_id ??= (await place.home()).message.id
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name]
    if (value === undefined) throw new Error(`${nameOf(route)}: the table does not say which ${name}`)
    return value
  })
  return { ...made, path: made.query ? `${path}?${made.query}` : path }
}

async function ask({ route, who }: Cell, { path, body, form, cookie, token }: Call): Promise<Answer> {
  const used = token !== undefined && cast.isInside(who) ? token : cast.tokens[who]
  const gone = new AbortController()
  const response = await fetch(server.url + path, {
    method: route.method,
    headers: {
      ...(used !== null && { authorization: `Bearer ${used}` }),
      ...(cookie && { cookie }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: form ?? (body === undefined ? undefined : JSON.stringify(body)),
    signal: gone.signal,
  })
  const type = response.headers.get('content-type') ?? ''
  const streams = type.startsWith('text/event-stream')
  const text = streams ? '' : await response.text()
  if (streams) gone.abort()
  return { status: response.status, type, cache: response.headers.get('cache-control') ?? '', text }
}

function problemOf({ status, type, text }: Pick<Answer, 'status' | 'type' | 'text'>): ProblemDetails | null {
  if (status < 400 || type !== 'application/problem+json') return null
  return ProblemDetails.parse(JSON.parse(text))
}

function mistakesOf({ route, about, who, expected }: Cell, answer: Answer): string[] {
  const { status, type, cache } = answer
  const problem = problemOf(answer)
  const got = problem ? `${status} ${problem.code}` : status
  const mistakes: string[] = []
  if (got !== expected) mistakes.push(`expected ${expected}, got ${got}`)
  if (status >= 400 && !problem) mistakes.push(`a refusal of the type ${type || 'none'}`)
  if (problem && problem.status !== status) mistakes.push(`${status}, but the problem says ${problem.status}`)
  if ((route.path.startsWith('/api/') || problem) && !/\bno-store\b/.test(cache))
    mistakes.push(`Cache-Control is ${cache || 'missing'}`)
  const call = `${nameOf(route)} ${about && `(${about}) `}as ${who}`
  return mistakes.map(mistake => `${call}: ${mistake}`)
}

function statusOf(outcome: Outcome): number {
  return typeof outcome === 'number' ? outcome : Number.parseInt(outcome, 10)
}

/** Waits until no answer is being written. */
async function calm() {
  const running = cast.db.query<{ n: number }, []>(
    `SELECT (SELECT count(*) FROM messages WHERE status = 'streaming')
          + (SELECT count(*) FROM agent_sessions WHERE status = 'running') AS n`,
  )
  while (running.get()?.n !== 0) await Bun.sleep(10)
}

/**
 * A challenge is spent by whoever answers it, rightly or not. What was said before is made findable, and written to the SQL
 * log, when there is time.
 */
const PASSING = /^(nostr_challenges|search_.*|record_outbox)$/

/** What is kept, table by table and in files. */
function contents(): Map<string, string> {
  const tables = cast.db
    .query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(({ name }) => name)
    .filter(name => !PASSING.test(name))
  const kept = tables.map(name => {
    // The log only grows; to read all of it each time would take the longest.
    const rows = cast.db.query(`SELECT ${name === 'events' ? 'count(*), max(id)' : '*'} FROM "${name}"`).values()
    return [name, String(Bun.hash(JSON.stringify(rows)))] as const
  })
  const files = [...new Bun.Glob('uploads/**/*').scanSync({ cwd: server.dataDir })]
  return new Map([...kept, ['files', files.toSorted().join()]])
}
