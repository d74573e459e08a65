import { createParser } from 'eventsource-parser'
import { startFakeProvider } from '../tests/support/fake-provider.ts'
import { Person } from '../tests/support/person.ts'
import { bar, count, option, quantile, table } from './support/figures.ts'
import { startServerProcess } from './support/server.ts'

const REPLIES = option('replies', 50)
const WARM_UP = 5
const REPLY_WITHIN_MS = 10_000
const BAR_P50_MS = 30

type Heard = { text: string; at: number }

/** The moments at which the texts of assistants reach this person, one after the other. */
async function listen(person: Person, path: string) {
  const leaving = new AbortController()
  const response = await fetch(`${person.url}${path}`, { headers: person.headers, signal: leaving.signal })
  let tell: (heard: Heard) => void = () => {}
  let finish: () => void = () => {}
  const parser = createParser({
    onEvent({ event, data }) {
      if (event === 'message.delta') tell({ text: JSON.parse(data).text, at: performance.now() })
      else if (event === 'message.updated') finish()
    },
  })
  void (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }))
  })().catch(() => undefined)

  return {
    /** The first piece of the next reply. */
    first: () => within(new Promise<Heard>(resolve => (tell = heard => resolve(heard)))),
    /** Resolves when the next reply is finished. */
    finished: () => within(new Promise<void>(resolve => (finish = resolve))),
    leave: () => leaving.abort(),
  }
}

function within<T>(happening: Promise<T>): Promise<T> {
  const late = Bun.sleep(REPLY_WITHIN_MS).then(() => Promise.reject(new Error('A reply did not come')))
  return Promise.race([happening, late])
}

let firstByte = 0
/** Twelve pieces as a model would write them; the clock is read just before the first one is on its way. */
async function* pieces() {
  await Bun.sleep(20)
  firstByte = performance.now()
  for (let n = 1; n <= 12; n++) {
    yield `piece ${n}, `
    await Bun.sleep(5)
  }
}

// Provider and listener share this process and so its clock; the server is another process.
const provider = await startFakeProvider()
const server = await startServerProcess({
  env: { OPENROUTER_BASE_URL: provider.baseUrl, OPENROUTER_API_KEY: provider.apiKey ?? '' },
})
try {
  const [ada, grace] = await Promise.all(
    ['Ada', 'Grace'].map(display_name =>
      Person.register(server.url, { email: `${display_name}@example.org`, password: 'correct horse', display_name }),
    ),
  )
  if (!ada || !grace) throw new Error('Nobody is there')
  const room = await ada.creates()
  await grace.joins(room)
  const stream = await listen(grace, `/api/rooms/${room.id}/events`)
  const delays: number[] = []
  for (let reply = 0; reply < WARM_UP + REPLIES; reply++) {
    provider.next({ text: pieces() })
    const first = stream.first()
    const finished = stream.finished()
    await ada.says(room, `@assistant question ${reply}`)
    const { at } = await first
    if (reply >= WARM_UP) delays.push(at - firstByte)
    await finished
  }
  stream.leave()
  const p50 = quantile(delays, 0.5)
  console.log(
    table(
      ['Provider’s first byte to second person’s screen', 'p50 ms', 'p99 ms', 'max ms'],
      [[`${count(delays.length)} replies`, p50, quantile(delays, 0.99), quantile(delays, 1)]],
    ),
  )
  console.log()
  bar(`${count(REPLIES)} replies measured, at least 30`, delays.length >= 30)
  bar(`p50 at most ${BAR_P50_MS} ms`, p50 <= BAR_P50_MS)
} finally {
  await server.stop()
  await provider.stop()
}
process.exit()
