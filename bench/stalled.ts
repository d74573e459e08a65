import { Person } from '../tests/support/person.ts'
import { bar, count, option, quantile, table } from './support/figures.ts'
import { openListeners } from './support/listeners.ts'
import { openPoster } from './support/poster.ts'
import { startServerProcess } from './support/server.ts'

const HEALTHY = option('healthy', 100)
const STALLED = option('stalled', 1_000)
const PER_S = option('rate', 100)
const SECONDS = option('seconds', 15)
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
    const room = await ada.creates({ model_id: 'offline/guide' })
    const total = PER_S * SECONDS
    const path = `/api/rooms/${room.id}/events`
    const listeners = await openListeners(server.port, path, [ada.token], HEALTHY, total)
    const sockets = await openDeaf(server.port, path, ada.token, stalled)
    const poster = await openPoster(server.port, ada.token)
    const before = server.rss()
    let most = before
    const postedAt = new Float64Array(total + 1)
    const start = performance.now()
    for (let seq = 1; seq <= total; seq++) {
      const due = start + (seq * 1000) / PER_S
      if (due > performance.now()) await Bun.sleep(due - performance.now())
      postedAt[seq] = performance.now()
      const content = `${seq} ${'what somebody pastes into a chat, some lines of it. '.repeat(40)}`
      const { status } = await poster.post(
        `/api/rooms/${room.id}/messages`,
        JSON.stringify({ content, client_id: `${room.id}-${seq}` }),
      )
      if (status !== 201) throw new Error(`A post was answered ${status}`)
      most = Math.max(most, server.rss())
    }
    await listeners.allHeard(total, 20_000)
    const late = listeners
      .arrivals()
      .flatMap(arrivals => Array.from({ length: total }, (_, at) => (arrivals[at + 1] ?? 0) - (postedAt[at + 1] ?? 0)))
    listeners.close()
    poster.close()
    for (const socket of sockets) socket.terminate()
    await Bun.sleep(1_000)
    return {
      p50: quantile(late, 0.5),
      p99: quantile(late, 0.99),
      grown: (most - before) / 1024,
      complete: late.every(ms => ms > 0),
    }
  }
  // A server that has warmed up: what it takes for its own purposes it has taken.
  await run(0)
  const alone = await run(0)
  const beside = await run(STALLED)
  console.log(
    table(
      [`${HEALTHY} readers, ${PER_S} posts/s of 2 KiB`, 'p50 ms', 'p99 ms', 'memory grew by MiB'],
      [
        ['alone', alone.p50, alone.p99, alone.grown],
        [`beside ${count(STALLED)} that do not read`, beside.p50, beside.p99, beside.grown],
      ],
    ),
  )
  console.log()
  bar('every healthy reader heard everything', alone.complete && beside.complete)
  bar(`memory grows by at most ${BAR_MIB} MiB`, beside.grown <= BAR_MIB)
  bar(`p99 within ${Math.round((BAR_SLOWER - 1) * 100)} %`, beside.p99 <= Math.max(FLOOR_MS, alone.p99 * BAR_SLOWER))
} finally {
  await server.stop()
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
