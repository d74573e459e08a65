import type { Browser } from 'playwright-core'
import type { Message } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import { type RecordedRequest, type Script, startFakeProvider } from './fake-provider.ts'
import { type FakeSearch, startFakeSearch } from './fake-search.ts'
import { drawings } from './house/drawings.ts'
import { ANSWERS, FOUND, LARGE, MODELS, PAGES, SMALL, TABLE } from './house/words.ts'
import { Person } from './person.ts'
import { onDisk, sends, sendsForm } from './pictures.ts'
import { startTestServer, type TestServer } from './server.ts'

const PASSWORD = 'correct horse battery'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const HOUR_MS = 3_600_000

export type House = Awaited<ReturnType<typeof furnish>>

/**
 * A server as it looks after some weeks of use: people with faces, rooms, an assistant that looked things up and one that
 * failed, pictures, quotes, reactions, pins, and something that was not read yet. `mira` is at the keyboard, and admin.
 */
export async function furnish(browser: Browser) {
  const provider = await startFakeProvider({ handler: answer, strict: false })
  // Any answer does, also one that lists other models.
  provider.refuseListing({ status: 200, body: { data: MODELS } })
  const search = await startFakeSearch()
  const site = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: request => pageOf(new URL(request.url)) })
  const server = await startTestServer({
    provider,
    env: {
      BIND_ADDR: `127.0.0.1:${await freePort()}`,
      SEARCH_PROVIDER: 'searxng',
      SEARXNG_URL: search.origin,
      WEB_FETCH_ALLOW: site.url.host,
    },
  })

  /** Calls a tool first where the question is for that. */
  function answer({ body }: RecordedRequest): Script {
    const asked = JSON.stringify(body.messages.findLast(({ role }) => role === 'user')?.content)
    const found = ANSWERS.find(({ to }) => asked.includes(to))?.script ?? { text: 'I am here.' }
    if (!found.toolCalls || body.messages.at(-1)?.role === 'tool')
      return { ...found, reasoning: undefined, toolCalls: undefined }
    const toolCalls = found.toolCalls.map(call => ({
      ...call,
      arguments: JSON.parse(JSON.stringify(call.arguments).replace('SITE', site.url.origin)),
    }))
    return { reasoning: found.reasoning, toolCalls, usage: { prompt_tokens: 812, completion_tokens: 64, cost: 0.0011 } }
  }

  const people = await moveIn(server, browser)
  // Who listens is there.
  for (const person of [people.jonas, people.lea]) await person.listens('/api/events')
  const rooms = await makeRooms(people, search)
  const said = await talk(people, rooms, browser)
  date(server, said, [
    [site.url.host, 'www.sqlite.org'],
    [new URL(provider.origin).host, 'openrouter.ai'],
  ])
  return {
    ...{ server, provider, search, people, rooms, said },
    /** A picture that somebody may send. */
    sketch: (await drawings(browser)).sketches[2] ?? Buffer.of(),
    async stop() {
      for (const person of Object.values(people)) person.leaves()
      await server.stop()
      await provider.stop()
      await search.stop()
      await site.stop(true)
    },
  }
}

/** Links name the port, so it has to be known before. */
async function freePort(): Promise<number> {
  const probe = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { port } = probe
  await probe.stop(true)
  return port ?? 0
}

type People = Awaited<ReturnType<typeof moveIn>>
type Rooms = Awaited<ReturnType<typeof makeRooms>>

async function moveIn(server: TestServer, browser: Browser) {
  const arrive = (display_name: string) =>
    Person.register(server.url, {
      email: `${display_name.split(' ')[0]?.toLowerCase()}@example.org`,
      password: PASSWORD,
      display_name,
    })
  // The first is the admin.
  const mira = await arrive('Mira Okafor')
  const [jonas, lea, tariq, yuki] = await Promise.all(
    ['Jonas Weber', 'Lea Fontaine', 'Tariq Haddad', 'Yuki Tanaka'].map(arrive),
  )
  if (!jonas || !lea || !tariq || !yuki) throw new Error('somebody did not arrive')
  const { faces } = await drawings(browser)
  for (const [person, face] of [
    [mira, faces[0]],
    [jonas, faces[1]],
    [lea, faces[2]],
    [yuki, faces[3]],
  ] as const) {
    const form = new FormData()
    form.set('file', new File([new Uint8Array(face ?? [])], 'me.png', { type: 'image/png' }))
    await sendsForm(person, '/api/auth/avatar', form)
  }
  return { mira, jonas, lea, tariq, yuki }
}

async function makeRooms({ mira, jonas, lea, tariq, yuki }: People, search: FakeSearch) {
  search.next({ found: FOUND }, { found: FOUND })
  const model_id = LARGE
  const launch = await mira.creates({
    ...{ name: 'launch-week', model_id },
    description: 'Everything until Thursday, 12:00 UTC. Decisions are pinned.',
    system_prompt: 'Answer briefly. Prefer tables to prose.',
  })
  const design = await lea.creates({ name: 'design', model_id, description: 'Sketches, drafts and second thoughts.' })
  const incidents = await jonas.creates({ name: 'incidents', model_id, ai_mode: 'off' })
  const reading = await yuki.creates({ name: 'reading-club', model_id, ai_mode: 'always' })
  const board = await mira.creates({ name: 'board', model_id, visibility: 'private' })
  const quiet = await mira.creates({ name: 'quiet-corner', model_id })
  const storage = await jonas.creates({
    name: 'storage',
    model_id,
    description: 'Where messages are kept, and how long.',
  })
  for (const person of [jonas, lea, tariq, yuki]) await person.joins(launch)
  for (const person of [mira, lea, yuki]) await person.joins(storage)
  for (const person of [mira, jonas, tariq]) await person.joins(design)
  for (const person of [mira, tariq]) await person.joins(incidents)
  await mira.joins(reading)
  // Not joined: what the directory shows.
  await tariq.creates({ name: 'coffee', model_id })
  await jonas.creates({ name: 'house-rules', model_id: SMALL })
  const direct = await mira.must<{ room: Room }>('POST', '/api/rooms/direct', { user_id: lea.user.id })
  return { launch, storage, design, incidents, reading, board, quiet, direct: direct.room }
}

async function talk({ mira, jonas, lea, tariq, yuki }: People, rooms: Rooms, browser: Browser) {
  const { launch, storage, design, incidents, reading, board, direct } = rooms
  const { sketches } = await drawings(browser)
  const react = (person: Person, { id }: Message, emoji: string) =>
    person.must('PUT', `/api/messages/${id}/reactions/${encodeURIComponent(emoji)}`, {})
  const shows = async (person: Person, room: Room, content: string, pictures: [name: string, bytes: Uint8Array][]) => {
    const attachment_ids = []
    for (const [name, bytes] of pictures) attachment_ids.push((await sends(person, room, bytes, name)).body.upload.id)
    const post = { content, client_id: crypto.randomUUID(), attachment_ids }
    return (await person.must<{ message: Message }>('POST', `/api/rooms/${room.id}/messages`, post)).message
  }
  /** Asks, and waits for the answer. */
  const asks = async (person: Person, room: Room, question: string) => {
    const asked = await person.says(room, question)
    for (;;) {
      const answer = (await person.reads(room)).find(({ ai }) => ai?.trigger_message_id === asked.id)
      if (answer && answer.status !== 'streaming') return { asked, answer }
      await Bun.sleep(20)
    }
  }

  const rehearsal = await jonas.says(
    launch,
    'The rehearsal went through in **11 minutes**, migrations included. Nobody was signed out.',
  )
  await react(mira, rehearsal, '🎉')
  await react(lea, rehearsal, '🎉')
  await react(yuki, rehearsal, '🎉')
  await react(tariq, rehearsal, '🚀')
  const [first = Buffer.of(), second = Buffer.of(), chart = Buffer.of()] = sketches
  const drafts = await shows(lea, launch, 'Two drafts of the landing page. Which one carries the story?', [
    ['draft-one.png', first],
    ['draft-two.png', second],
  ])
  const verdict = await tariq.says(launch, 'The second. It says what it *does* before it says what it *is*.', {
    reply_to: drafts.id,
  })
  await react(lea, verdict, '❤️')
  const freeze = await mira.says(
    launch,
    '**The freeze is on Thursday at 12:00 UTC.** After that only fixes with two reviews.\n\n- [x] backup restored on a second machine\n- [x] way back written down\n- [ ] text of the status page',
  )
  await mira.must('PUT', `/api/messages/${freeze.id}/pin`, {})
  const question =
    '@assistant we write from 40 processes. What does SQLite do with its write-ahead log, and which of our options holds?'
  const { asked, answer } = await asks(jonas, launch, question)
  await react(jonas, answer, '👍')
  await react(mira, answer, '👍')
  const settled = await lea.says(launch, `That settles it. @${mira.user.handle} will you take the second one?`, {
    reply_to: answer.id,
  })
  const yes = await mira.says(launch, 'Yes, by noon. The pragma is one line, the test is three.', {
    reply_to: settled.id,
  })
  await mira.must('PATCH', `/api/messages/${yes.id}`, {
    content: 'Yes, before noon. The pragma is one line, the test is twelve.',
  })
  const regretted = await tariq.says(launch, 'never mind')
  await tariq.must('DELETE', `/api/messages/${regretted.id}`)
  const code = await tariq.says(
    launch,
    'For the record, what we measured:\n\n```ts\nconst db = new Database("chat.db")\ndb.run("PRAGMA journal_mode = WAL")\ndb.run("PRAGMA synchronous = FULL") // an acknowledged message is on disk\n```',
  )
  const failed = await asks(tariq, launch, '@assistant draw it as a diagram')
  const chartShown = await shows(jonas, launch, 'Writes a second, this morning:', [['writes-per-second.png', chart]])

  const kept = await asks(jonas, storage, question)
  await react(jonas, kept.answer, '👍')
  await react(yuki, kept.answer, '👍')
  await react(lea, kept.answer, '🚀')
  const agreed = await lea.says(storage, `Then it is the second. @${yuki.user.handle} do you take the pragma?`, {
    reply_to: kept.answer.id,
  })
  await react(mira, agreed, '❤️')
  await lea.says(design, 'New icon set is in. Fourteen left to redraw.')
  await jonas.says(design, 'The light theme is finally readable in the sun.')
  await lea.says(design, 'Then my work here is done.')
  await jonas.says(incidents, `@${mira.user.handle} the certificate of the mail relay expires on Sunday.`)
  await asks(yuki, reading, 'What shall we read in December?')
  await mira.says(board, 'Minutes of Monday are in the usual place.')
  await lea.says(direct, 'Lunch? There is a new place behind the station.')
  await mira.must('PATCH', `/api/rooms/${launch.id}/preferences`, { is_favourite: true })
  return { rehearsal, drafts, verdict, freeze, asked, answer, settled, yes, regretted, code, failed, chartShown }
}

/** Spreads the conversation over two days, and gives pages that were read from here the name that they would have. */
function date(server: TestServer, said: Awaited<ReturnType<typeof talk>>, names: [string, string][]) {
  const disk = onDisk(server)
  const yesterday = [said.rehearsal, said.drafts, said.verdict, said.freeze]
  const at = (message: Message, time: number) =>
    disk.query('UPDATE messages SET created_at = ? WHERE id = ? RETURNING id', time, message.id)
  const now = Date.now()
  for (const [index, message] of yesterday.entries()) at(message, now - 26 * HOUR_MS + index * 7 * 60_000)
  const today = [
    said.asked,
    said.answer,
    said.settled,
    said.yes,
    said.regretted,
    said.code,
    said.failed.asked,
    said.failed.answer,
  ]
  for (const [index, message] of today.entries()) at(message, now - 2 * HOUR_MS + index * 6 * 60_000)
  // A provider on the same machine is quicker than any that people know.
  disk.query(
    `UPDATE messages SET ai = json_set(ai, '$.tokens_per_second', 61.4, '$.response_ms', 7360, '$.first_token_ms', 940)
      WHERE status = 'complete' AND ai IS NOT NULL RETURNING id`,
  )
  disk.query('UPDATE sessions SET user_agent = ? RETURNING id', FIREFOX)
  for (const [here, there] of names)
    disk.query('UPDATE messages SET ai = replace(ai, ?, ?) WHERE ai IS NOT NULL RETURNING id', here, there)
}

function pageOf({ pathname }: URL): Response {
  const page = PAGES[pathname] ?? TABLE
  return new Response(page, { headers: { 'content-type': 'text/html' } })
}
