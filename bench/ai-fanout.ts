import { startFakeProvider } from '../tests/support/fake-provider.ts'
import { Person } from '../tests/support/person.ts'
import { bar, count, option, quantile, table } from './support/figures.ts'
import { startServerProcess } from './support/server.ts'
import { openWatchers, type Watchers, type Written } from './support/watchers.ts'

const WATCHERS = [option('few', 1_000), option('many', 5_000)]
const PER_S = option('rate', 100)
const SECONDS = option('seconds', 10)
const WARM_UP_S = 3
const PEOPLE = 20
const PATIENCE_MS = 20_000
const BAR_P99_MS = 150
/** `12345.67 `: a piece is the moment at which it was written. */
const WIDTH = 9

/** Says at an even pace what time it is; what is late is said late and not left out. */
function clock(pieces: number) {
  const start = performance.now()
  const written: Written = {
    text: '',
    width: WIDTH,
    sentAt: piece => start + Number(written.text.slice(piece * WIDTH, (piece + 1) * WIDTH)),
  }
  async function* speak() {
    const first = performance.now()
    for (let n = 0; n < pieces; n++) {
      const due = first + (n * 1000) / PER_S
      if (due > performance.now()) await Bun.sleep(due - performance.now())
      const piece = `${(performance.now() - start).toFixed(2).padStart(WIDTH - 1, '0')} `
      written.text += piece
      yield piece
    }
  }
  return { written, speak }
}

async function answer(asker: Person, room: { id: string }, watchers: Watchers, seconds: number) {
  const pieces = PER_S * seconds
  const { written, speak } = clock(pieces)
  watchers.watch(written, pieces)
  provider.next({ text: speak() })
  const [server_s, waited_s, load_us, start] = [server.cpu(), server.waited(), process.cpuUsage(), performance.now()]
  await asker.says(room, '@assistant what time is it?')
  await watchers.allEnded(seconds * 1000 + PATIENCE_MS)
  const took_s = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(load_us)
  return {
    ...watchers.result(),
    pieces,
    took_s,
    server_s: server.cpu() - server_s,
    waited_s: server.waited() - waited_s,
    load_s: (user + system) / 1e6,
  }
}

async function measure(size: number) {
  const [asker, ...others] = people as [Person, ...Person[]]
  const room = await asker.creates()
  for (const person of others) await person.joins(room)
  const tokens = people.map(person => person.token)
  const watchers = await openWatchers(server.port, `/api/rooms/${room.id}/events`, tokens, size)
  await answer(asker, room, watchers, WARM_UP_S)
  const run = await answer(asker, room, watchers, SECONDS)
  watchers.close()
  const p99 = quantile(run.latencies, 0.99)
  return {
    ...run,
    size,
    p99,
    row: [
      `${count(size)} watchers`,
      quantile(run.latencies, 0.5),
      p99,
      quantile(run.latencies, 1),
      (run.server_s / run.took_s / size) * 1e6,
      run.bytes / run.took_s / size,
      run.server_s / run.took_s,
      run.waited_s / run.took_s,
      run.load_s / run.took_s,
    ],
  }
}

// Provider and watchers share this process and so its clock; the server is another process.
const provider = await startFakeProvider()
const server = await startServerProcess({
  env: { OPENROUTER_BASE_URL: provider.baseUrl, OPENROUTER_API_KEY: provider.apiKey ?? '' },
})
const people = await Promise.all(
  Array.from({ length: PEOPLE }, (_, at) =>
    Person.register(server.url, {
      email: `p${at}@example.org`,
      password: 'correct horse battery',
      display_name: `P${at}`,
    }),
  ),
)
try {
  const runs: Awaited<ReturnType<typeof measure>>[] = []
  for (const size of WATCHERS) runs.push(await measure(size))
  console.log(
    table(
      [
        `An answer of ${PER_S} pieces/s`,
        'p50 ms',
        'p99 ms',
        'max ms',
        'server µs/s each',
        'bytes/s each',
        'server cores',
        'server waits',
        'load cores',
      ],
      runs.map(({ row }) => row),
    ),
  )
  console.log()
  for (const { size, pieces, latencies, ended, wrong, missed, p99 } of runs) {
    bar(
      `${count(size)} watchers: ${count(latencies.length)} of ${count(size * pieces)} pieces, ${wrong} wrong, ${missed} out of place`,
      latencies.length === size * pieces && wrong === 0 && missed === 0,
    )
    bar(`${count(ended)} of ${count(size)} have the very same full text`, ended === size)
    bar(`p99 at most ${BAR_P99_MS} ms`, p99 <= BAR_P99_MS)
  }
} finally {
  await server.stop()
  await provider.stop()
}
process.exit()
