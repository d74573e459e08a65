/** What people notice while a large database is backed up: how long the loop stands still, and what posting costs meanwhile. */
import { Database } from 'bun:sqlite'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BackupList } from '../src/shared/backups.ts'
import { Person } from '../tests/support/person.ts'
import { bar, count, median, option, quantile, table } from './support/figures.ts'
import { openPoster, type Poster } from './support/poster.ts'
import { type ServerProcess, startServerProcess } from './support/server.ts'

const MEGABYTES = option('megabytes', 500)
const CONNECTIONS = option('connections', 4)
/** Messages a second, of all connections together. */
const RATE = option('rate', 100)
const ROUNDS = option('rounds', 5)
const QUIET_S = option('quiet', 10)
const BAR_MS = 50

const WORDS =
  'time people room model answer question server message while write read light garden river window morning paper'.split(
    ' ',
  )
const says = (n: number) =>
  Array.from({ length: 60 }, (_, at) => WORDS[(n * 7919 + at * 31 + ((n * at) % 17)) % WORDS.length]).join(' ')

/** Straight into the file, past the SQL log, while no server runs. */
function fill(file: string, room_id: string, sender: string) {
  const database = new Database(file)
  database.run('PRAGMA synchronous = OFF')
  const triggers = database
    .query<{ name: string; sql: string }, []>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'record_%'",
    )
    .all()
  for (const { name } of triggers) database.run(`DROP TRIGGER "${name}"`)
  const message = database.query(
    "INSERT INTO messages (id, room_id, seq, hash, sender_id, content, mentions, status, created_at) VALUES (?, ?, ?, 'h', ?, ?, '[]', 'complete', ?)",
  )
  const event = database.query(
    "INSERT INTO events (type, room_id, data, created_at) VALUES ('message.created', ?, ?, ?)",
  )
  let n = 0
  while (statSync(file).size < MEGABYTES * 1e6) {
    database.transaction(() => {
      for (let at = 0; at < 2_000; at++) {
        n++
        const content = says(n)
        message.run(Bun.randomUUIDv7(), room_id, n, sender, content, Date.now())
        // Longer than they are, so that there is less to be put into the search index before anything can be measured.
        event.run(room_id, JSON.stringify({ room_id, message: { seq: n, content: content.repeat(12) } }), Date.now())
      }
    })()
    database.run('PRAGMA wal_checkpoint(TRUNCATE)')
  }
  for (const { sql } of triggers) database.run(sql)
  database.run('UPDATE rooms SET last_seq = ? WHERE id = ?', [n, room_id])
  database.close()
  console.log(`${count(n)} messages, ${count(statSync(file).size / 1e6)} MB`)
}

/** Posts at a steady rate until told to stop; how long each took, from the moment at which it was due. */
function startPosting(posters: Poster[], room_id: string) {
  const latencies: number[] = []
  let posting = true
  const each = posters.map(async (poster, at) => {
    const every = (1000 * posters.length) / RATE
    let due = performance.now() + (every * at) / posters.length
    while (posting) {
      await Bun.sleep(Math.max(0, due - performance.now()))
      const body = JSON.stringify({ content: says(latencies.length), client_id: crypto.randomUUID() })
      const { status } = await poster.post(`/api/rooms/${room_id}/messages`, body)
      if (status !== 201) throw new Error(`A post was answered ${status}`)
      latencies.push(performance.now() - due)
      due += every
    }
  })
  return async () => {
    posting = false
    await Promise.all(each)
    return latencies
  }
}

type Delay = { max: number; p99: number; p50: number }

async function loopDelay(server: ServerProcess, file: string): Promise<Delay> {
  rmSync(file, { force: true })
  process.kill(server.pid, 'SIGUSR2')
  while (!existsSync(file)) await Bun.sleep(5)
  await Bun.sleep(20)
  return JSON.parse(readFileSync(file, 'utf8'))
}

async function backUp(admin: Person): Promise<number> {
  const begun = performance.now()
  await admin.must('POST', '/api/admin/backups')
  for (;;) {
    const { underway, failure } = await admin.must<BackupList>('GET', '/api/admin/backups')
    if (failure) throw new Error(failure.message)
    if (!underway) return (performance.now() - begun) / 1000
    await Bun.sleep(100)
  }
}

/** Resolves once the server uses next to nothing of a processor. */
async function idle(server: ServerProcess) {
  for (;;) {
    const before = server.cpu()
    await Bun.sleep(1_000)
    if (server.cpu() - before < 0.1) return
  }
}

const folder = mkdtempSync(join(import.meta.dir, '.data-'))
const delays = join(folder, 'loop-delay.json')
const start = () =>
  startServerProcess({
    args: ['--preload', join(import.meta.dir, 'support/loop-delay.ts')],
    env: { DATA_DIR: folder, LOOP_DELAY_FILE: delays },
  })
let server = await start()
try {
  const account = { email: 'ada@example.org', password: 'correct horse battery', display_name: 'Ada' }
  const somebody = await Person.register(server.url, account)
  const { user, token } = somebody
  const room = await somebody.creates({ model_id: 'offline/guide', ai_mode: 'off' })
  await server.stop()
  fill(join(folder, 'chat.db'), room.id, user.id)
  server = await start()
  const ada = new Person(server.url, user, token)
  async function during(work: () => Promise<number>) {
    const posters = await Promise.all(Array.from({ length: CONNECTIONS }, () => openPoster(server.port, ada.token)))
    await loopDelay(server, delays)
    const stop = startPosting(posters, room.id)
    const took = await work()
    const latencies = await stop()
    for (const poster of posters) poster.close()
    return { took, latencies, ...(await loopDelay(server, delays)) }
  }
  // What was written past the server is put into the search index first.
  await idle(server)
  // The first takes the file's pages and the code along; and a day passes until the server makes one by itself.
  await backUp(ada)
  await during(() => Bun.sleep(3_000).then(() => 3))
  // Turn by turn, so that what else goes on on the machine comes over both.
  const quiet: Awaited<ReturnType<typeof during>>[] = []
  const rounds: typeof quiet = []
  for (let round = 0; round < ROUNDS; round++) {
    quiet.push(await during(() => Bun.sleep(QUIET_S * 1000).then(() => QUIET_S)))
    rounds.push(await during(() => backUp(ada)))
  }

  const row = (name: string, runs: typeof quiet) => [
    name,
    median(runs.map(run => run.took)),
    median(runs.map(run => run.max)),
    Math.max(...runs.map(run => run.max)),
    median(runs.map(run => run.p99)),
    quantile(
      runs.flatMap(run => run.latencies),
      0.5,
    ),
    quantile(
      runs.flatMap(run => run.latencies),
      0.99,
    ),
    Math.max(...runs.flatMap(run => run.latencies)),
  ]
  const head = [
    `${count(RATE)} messages/s`,
    'seconds',
    'loop stands still, ms',
    'worst',
    'p99',
    'post p50 ms',
    'p99',
    'worst',
  ]
  console.log(table(head, [row('nothing else', quiet), row('a backup', rounds)]))
  const { backups } = await ada.must<BackupList>('GET', '/api/admin/backups')
  bar(`${ROUNDS} backups, each checked and listed`, backups.length === Math.min(ROUNDS + 1, 10))
  bar(`the loop stands still for at most ${BAR_MS} ms`, Math.max(...rounds.map(run => run.max)) <= BAR_MS)
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exit()
