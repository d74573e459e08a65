/** How long a search takes in a room of many messages, asked over HTTP, one after the other. */
import { Database } from 'bun:sqlite'
import { Person } from '../tests/support/person.ts'
import { bar, count, option, quantile, table } from './support/figures.ts'
import { startServerProcess } from './support/server.ts'

const MESSAGES = option('messages', 100_000)
const ROUNDS = option('rounds', 40)
const BAR_MS = 150

const WORDS =
  'time people room model answer question server message while write read light garden river window morning paper number picture friend sentence table market summer winter coffee train letter music silver yellow simple narrow quiet early later always never maybe'.split(
    ' ',
  )
const pick = (n: number) => WORDS[(n * 7919 + ((n * n) % 131)) % WORDS.length] ?? ''
const says = (n: number) =>
  `${Array.from({ length: 14 }, (_, at) => pick(n * 14 + at)).join(' ')} with the common word.${n % 20_000 === 77 ? ' A serendipity.' : ''}${n % 50 === 0 ? ' As quick as lightning it went.' : ''}`

const register = (url: string, name: string) =>
  Person.register(url, { email: `${name}@example.org`, password: 'correct horse battery', display_name: name })

/** Straight into the file, as a restored backup would be: the triggers note them, and the server reads them. */
async function fill(file: string, room_id: string, senders: string[]) {
  const database = new Database(file)
  database.run('PRAGMA busy_timeout = 10000')
  const insert = database.query(
    "INSERT INTO messages (id, room_id, seq, hash, sender_id, content, mentions, status, created_at) VALUES (?, ?, ?, 'h', ?, ?, '[]', 'complete', ?)",
  )
  const begun = performance.now()
  for (let n = 1; n <= MESSAGES; n += 1000)
    database.transaction(() => {
      for (let at = n; at < Math.min(n + 1000, MESSAGES + 1); at++)
        insert.run(Bun.randomUUIDv7(), room_id, at, senders[at % 500 === 0 ? 1 : 0] ?? '', says(at), Date.now())
    })()
  database.run('UPDATE rooms SET last_seq = ? WHERE id = ?', [MESSAGES, room_id])
  console.log(`${count(MESSAGES)} messages written in ${count((performance.now() - begun) / 1000)} s`)
  const written = performance.now()
  const waiting = database.query<{ n: number }, []>('SELECT count(*) AS n FROM search_queue')
  while (waiting.get()?.n) await Bun.sleep(50)
  console.log(`and taken into the index in ${count((performance.now() - written) / 1000)} s more`)
  database.close()
}

const server = await startServerProcess()
try {
  const ada = await register(server.url, 'Ada')
  const grace = await register(server.url, 'Grace')
  const eve = await register(server.url, 'Eve')
  const room = await ada.creates({ model_id: 'offline/guide', ai_mode: 'off' })
  await grace.joins(room)
  const quiet = await eve.creates({ model_id: 'offline/guide', ai_mode: 'off' })
  await eve.says(quiet, 'Nothing to see here')
  await fill(server.database, room.id, [ada.user.id, grace.user.id])

  const asked: [string, Person, string][] = [
    ['a rare word', ada, 'serendipity'],
    ['a common word', ada, 'common'],
    ['a phrase', ada, '"quick as lightning"'],
    ['three common words', ada, 'common word with'],
    ['a common word from: who wrote 1 in 500', ada, `common from:${grace.user.handle}`],
    ['a common word from: who wrote nothing', ada, `common from:${eve.user.handle}`],
    ['a common word before: all of them', ada, 'common before:2020-01-01'],
    ['a common word has:image, which none has', ada, 'common has:image'],
    ['a common word and two letters that nobody wrote', ada, 'common zq'],
    ['two letters', ada, 'th'],
    ['two letters that nobody wrote', ada, 'zq'],
    ['from: alone', ada, `from:${grace.user.handle}`],
    ['a word that nobody wrote', ada, 'xylophone'],
    ['a common word of rooms that are not mine', eve, 'common'],
  ]
  const rows = []
  for (const [name, person, q] of asked) {
    const times: number[] = []
    let found = 0
    const cpuBefore = server.cpu()
    for (let round = 0; round < ROUNDS; round++) {
      const begun = performance.now()
      const { results } = await person.must<{ results: unknown[] }>(
        'GET',
        `/api/search?q=${encodeURIComponent(q)}&limit=50`,
      )
      times.push(performance.now() - begun)
      found = results.length
    }
    const cpu = ((server.cpu() - cpuBefore) / ROUNDS) * 1000
    rows.push({ name, found, p50: quantile(times, 0.5), max: quantile(times, 1), cpu })
  }
  console.log(
    table(
      ['search', 'found', 'p50 ms', 'max ms', 'server ms each'],
      rows.map(({ name, found, p50, max, cpu }) => [name, found, p50, max, cpu]),
    ),
  )
  console.log()
  for (const { name, max } of rows) bar(`${name}: at most ${BAR_MS} ms`, max <= BAR_MS)
} finally {
  await server.stop()
}
