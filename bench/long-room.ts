/** What a room of many messages costs the server: opening it, going to its first unread, paging, searching, over HTTP. */
import { Database } from 'bun:sqlite'
import { mixed, writeConversation } from '../tests/support/long-conversation.ts'
import { Person } from '../tests/support/person.ts'
import { bar, count, option, quantile, table } from './support/figures.ts'
import { startServerProcess } from './support/server.ts'

const MESSAGES = option('messages', 100_000)
const UNREAD = option('unread', 60_000)
const ROUNDS = option('rounds', 40)
const BAR_MS = 150
const AUTHORS = 12

const register = (url: string, name: string) =>
  Person.register(url, { email: `${name}@example.org`, password: 'correct horse battery', display_name: name })

/** The index is filled behind the posts. */
async function indexed(file: string) {
  const database = new Database(file, { readonly: true })
  const waiting = database.query<{ n: number }, []>('SELECT count(*) AS n FROM search_queue')
  while ((waiting.get()?.n ?? 0) > 0) await Bun.sleep(200)
  database.close()
}

const server = await startServerProcess()
try {
  const people: Person[] = []
  for (let n = 1; n <= AUTHORS; n++) people.push(await register(server.url, `Person${n}`))
  const [ada, grace] = people as [Person, Person]
  const room = await ada.creates({ name: 'Long', model_id: 'offline/guide', ai_mode: 'off' })
  for (const person of people.slice(1)) await person.joins(room)
  for (const name of ['Second', 'Third', 'Fourth', 'Fifth']) {
    const other = await grace.creates({ name, model_id: 'offline/guide', ai_mode: 'off' })
    await ada.joins(other)
    await grace.says(other, 'Hello there')
  }
  const quiet = await register(server.url, 'Quiet')
  await quiet.joins(room)

  const begun = performance.now()
  const authors = people.map(({ user }) => user)
  const ids = writeConversation(server.folder, { room_id: room.id, count: MESSAGES, authors, says: saying(authors) })
  const written = performance.now()
  await indexed(server.database)
  console.log(
    `${count(MESSAGES)} messages written in ${count((written - begun) / 1000)} s, searchable ${count((performance.now() - written) / 1000)} s later\n`,
  )
  const mark = (person: Person, unread: number) =>
    person.must('PUT', `/api/rooms/${room.id}/read`, { message_id: ids[MESSAGES - unread - 1] })
  await mark(ada, UNREAD)
  await mark(grace, 0)

  const messages = `/api/rooms/${room.id}/messages`
  const around = (round: number) => ids[mixed(round) % MESSAGES]
  const find = (q: string) => `/api/search?q=${encodeURIComponent(q)}&limit=30`
  const asked: [string, Person, (round: number) => string][] = [
    ['GET /api/rooms, all read', grace, () => '/api/rooms'],
    [`GET /api/rooms, ${count(UNREAD)} unread`, ada, () => '/api/rooms'],
    ['GET /api/rooms/:id, all read', grace, () => `/api/rooms/${room.id}`],
    [`GET /api/rooms/:id, ${count(UNREAD)} unread`, ada, () => `/api/rooms/${room.id}`],
    ['its newest messages', ada, () => `${messages}?limit=50`],
    [`its first unread, of ${count(UNREAD)}`, ada, () => `${messages}?at=unread&limit=50`],
    ['its first unread, of none', grace, () => `${messages}?at=unread&limit=50`],
    ['its first unread, of all', quiet, () => `${messages}?at=unread&limit=50`],
    ['a page before', ada, round => `${messages}?before=${around(round)}&limit=50`],
    ['a page after', ada, round => `${messages}?after=${around(round)}&limit=50`],
    ['a page around', ada, round => `${messages}?around=${around(round)}&limit=200`],
    ['the inbox', ada, () => '/api/inbox?limit=30'],
    ['pins', ada, () => `/api/rooms/${room.id}/pins`],
    ['search: a common word', ada, () => find('garden')],
    ['search: a rare word', ada, () => find('serendipity')],
    ['search: a phrase', ada, () => find('"quick as lightning"')],
    ['search: three words', ada, () => find('garden river window')],
    ['search: two letters', ada, () => find('th')],
    ['search: two letters that nobody wrote', ada, () => find('zq')],
    ['search: Japanese, four signs', ada, () => find('会議は午')],
    ['search: Japanese, two signs', ada, () => find('会議')],
    ['search: from: somebody', ada, () => find(`from:${grace.user.handle}`)],
    ['search: a word from: somebody', ada, () => find(`garden from:${grace.user.handle}`)],
    ['search: from: who wrote nothing', ada, () => find(`garden from:${quiet.user.handle}`)],
    ['search: has:image', ada, () => find('has:image')],
    ['search: a word has:image', ada, () => find('garden has:image')],
    ['search: before: all of them', ada, () => find('garden before:2001-01-01')],
    ['search: no hit', ada, () => find('xylophone')],
  ]
  const rows = []
  for (const [name, person, path] of asked) {
    const times: number[] = []
    let found = 0
    await person.must('GET', path(0))
    const cpu_before = server.cpu()
    for (let round = 1; round <= ROUNDS; round++) {
      const from = performance.now()
      const answer = await person.must<Record<string, unknown[]>>('GET', path(round))
      times.push(performance.now() - from)
      found = (answer.results ?? answer.messages ?? answer.rooms ?? answer.items ?? answer.members ?? []).length
    }
    const cpu = ((server.cpu() - cpu_before) / ROUNDS) * 1_000
    rows.push({ name, found, p50: quantile(times, 0.5), p95: quantile(times, 0.95), max: quantile(times, 1), cpu })
  }
  console.log(
    table(
      ['', 'found', 'p50 ms', 'p95 ms', 'max ms', 'server ms each'],
      rows.map(({ name, found, p50, p95, max, cpu }) => [name, found, p50, p95, max, cpu]),
    ),
  )
  console.log(`\nload average ${(await Bun.file('/proc/loadavg').text()).split(' ').slice(0, 2).join(' ')}\n`)
  for (const { name, max } of rows) bar(`${name}: at most ${BAR_MS} ms (${count(max)})`, max <= BAR_MS)
} finally {
  await server.stop()
}
process.exit()

/** What people say in a chat where nothing is said, and now and then something that can be looked for. */
function saying(authors: { handle: string }[]) {
  const WORDS =
    'time people room model answer question server message while write read light garden river window morning paper number picture friend sentence table market summer winter coffee train letter music silver yellow simple narrow quiet early later always never maybe'.split(
      ' ',
    )
  const LONG_WORDS = ['Zusammenarbeit', 'развёртывание', 'déploiement', 'configuración', 'συνεργασία', '배포했습니다']
  const JAPANESE = ['今日はいい天気ですね。', '会議は午後三時に始まります。', '東京の開発チームに確認してください。']
  return (seq: number) => {
    const length = mixed(seq) % 50 === 0 ? 160 : 4 + (mixed(seq) % 24)
    const text = Array.from({ length }, (_, at) => WORDS[mixed(seq * 31 + at) % WORDS.length]).join(' ')
    const more = [
      seq % 13 === 0 && JAPANESE[mixed(seq) % JAPANESE.length],
      seq % 7 === 0 && LONG_WORDS[mixed(seq) % LONG_WORDS.length],
      seq % 20_000 === 77 && 'What a serendipity!',
      seq % 500 === 0 && 'As quick as lightning it went.',
      seq % 97 === 0 && `\`\`\`ts\nconst ${WORDS[seq % WORDS.length]} = ${seq}\n\`\`\``,
      seq % 41 === 0 && `See https://example.org/${seq}, ${authors[seq % authors.length]?.handle}.`,
    ]
    return [text, ...more].filter(Boolean).join(' ')
  }
}
