import { Person } from '../tests/support/person.ts'
import { bar, count, option, quantile, table } from './support/figures.ts'
import { openListeners } from './support/listeners.ts'
import { openPoster } from './support/poster.ts'
import { startServerProcess } from './support/server.ts'

const HEALTHY = option('healthy', 100)
const STALLED = option('stalled', 1_000)
const PER_S = option('rate', 100)
const SECONDS = option('seconds', 15)
/** To fill what the kernel keeps for each socket, megabytes of it: long messages, and how many at most. */
const FILL_PER_S = 20
const FILL_MAX = 2_000
const SENTENCE = 'what somebody pastes into a chat, some lines of it. '
const LONG = SENTENCE.repeat(280)
const SHORT = SENTENCE.repeat(40)
const BAR_MIB = 64
const BAR_SLOWER = 1.2
/** Below this many milliseconds a share says nothing. */
const FLOOR_MS = 5

const server = await startServerProcess()
try {
  const ada = await Person.register(server.url, {
    email: 'ada@example.org',
    password: 'correct horse battery',
    display_name: 'Ada',
  })
  const run = async (stalled: number) => {
    const room = await ada.creates({ model_id: 'offline/guide', ai_mode: 'off' })
    const path = `/api/rooms/${room.id}/events`
    const listeners = await openListeners(server.port, path, [ada.token], HEALTHY, FILL_MAX + PER_S * SECONDS)
    const sockets = await openDeaf(server.port, path, ada.token, stalled)
    const poster = await openPoster(server.port, ada.token)
    const before = server.rss()
    const postedAt: number[] = []
    let most = before
    /** At a steady rate, until there is no more to say; from which message to which. */
    async function post(words: string, perSecond: number, more: (n: number) => boolean | Promise<boolean>) {
      const first = postedAt.length
      const start = performance.now()
      for (let n = 0; await more(n); n++) {
        const due = start + (n * 1000) / perSecond
        if (due > performance.now()) await Bun.sleep(due - performance.now())
        postedAt.push(performance.now())
        const body = JSON.stringify({ content: `${n} ${words}`, client_id: crypto.randomUUID() })
        const { status } = await poster.post(`/api/rooms/${room.id}/messages`, body)
        if (status !== 201) throw new Error(`A post was answered ${status}`)
        most = Math.max(most, server.rss())
      }
      return { first, end: postedAt.length }
    }
    // What the kernel keeps for whoever does not read has to be full first; only then is anybody stalled.
    const filling = await post(LONG, FILL_PER_S, async n => {
      if (n % FILL_PER_S > 0) return true
      const keeping_up = (await streams('streams')) - (await streams('streams_behind'))
      if (n === FILL_MAX) throw new Error(`${keeping_up} streams still take what they are sent`)
      return keeping_up > HEALTHY
    })
    const stalledAt = performance.now()
    const held = await post(SHORT, PER_S, n => n < PER_S * SECONDS)
    await listeners.allHeard(postedAt.length, 20_000)
    const lateOf = ({ first, end }: { first: number; end: number }) =>
      listeners
        .arrivals()
        .flatMap(arrivals =>
          Array.from({ length: end - first }, (_, at) => (arrivals[first + at + 1] ?? 0) - (postedAt[first + at] ?? 0)),
        )
    while (stalled > 0 && (await streams('streams')) > HEALTHY && performance.now() - stalledAt < 30_000)
      await Bun.sleep(100)
    const left = (await streams('streams')) - HEALTHY
    const [late, meanwhile] = [lateOf(held), lateOf(filling)]
    listeners.close()
    poster.close()
    for (const socket of sockets) socket.terminate()
    await Bun.sleep(1_000)
    return {
      p50: quantile(late, 0.5),
      p99: quantile(late, 0.99),
      filling: meanwhile.length > 0 ? quantile(meanwhile, 0.99) : 0,
      grown: (most - before) / 1024,
      complete: [...late, ...meanwhile].every(ms => ms > 0),
      left,
    }
  }
  // A server that has warmed up: what it takes for its own purposes it has taken.
  await run(0)
  const alone = await run(0)
  const beside = await run(STALLED)
  console.log(
    table(
      [`${HEALTHY} readers, ${PER_S} posts/s of 2 KiB`, 'p50 ms', 'p99 ms', 'p99 ms before', 'memory grew by MiB'],
      [
        ['alone', alone.p50, alone.p99, '', alone.grown],
        [`beside ${count(STALLED)} that do not read`, beside.p50, beside.p99, beside.filling, beside.grown],
      ],
    ),
  )
  console.log()
  bar('every healthy reader heard everything', alone.complete && beside.complete)
  bar('everybody who stalled was cut', beside.left === 0)
  bar(`memory grows by at most ${BAR_MIB} MiB`, beside.grown <= BAR_MIB)
  bar(`p99 within ${Math.round((BAR_SLOWER - 1) * 100)} %`, beside.p99 <= Math.max(FLOOR_MS, alone.p99 * BAR_SLOWER))
} finally {
  await server.stop()
}

/** A figure of the server's own. */
async function streams(what: 'streams' | 'streams_behind'): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(text.match(new RegExp(`^groupchat_${what} (\\d+)`, 'm'))?.[1] ?? 0)
}

/** Opens streams and never reads a byte of them. */
async function openDeaf(port: number, path: string, token: string, many: number) {
  const sockets = []
  for (let n = 0; n < many; n++) {
    const socket = await Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: { data() {}, open: opened => void opened.pause() },
    })
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    sockets.push(socket)
  }
  return sockets
}
