import { join } from 'node:path'
import { Person } from '../tests/support/person.ts'
import { bar, count, option, quantile, table } from './support/figures.ts'
import { openListeners } from './support/listeners.ts'
import { openPoster } from './support/poster.ts'
import { startPeer, startServerProcess } from './support/server.ts'

const STREAMS = option('streams', 1_000)
const PER_S = option('rate', 200)
const SECONDS = option('seconds', 10)
const IDLE = option('idle', 4_000)
const PEOPLE = 20
const POSTERS = 32
const PATIENCE_MS = 20_000
const BAR_P99_MS = 100
const BAR_KIB = 10

type Target = { port: number; cpu(): number; events: string; post: string; tokens: string[] }

/** Posts at an even pace while everybody listens; what is late is posted late and not left out. */
async function fanOut({ port, cpu, events, post, tokens }: Target, seconds: number) {
  const total = PER_S * seconds
  const listeners = await openListeners(port, events, tokens, STREAMS, total)
  const posters = await Promise.all(
    Array.from({ length: POSTERS }, (_, at) => openPoster(port, tokens[at % tokens.length] ?? '')),
  )
  const postedAt = new Float64Array(total + 1)
  const cpuBefore = cpu()
  const start = performance.now()
  let taken = 0

  async function keepPosting(poster: (typeof posters)[number]) {
    for (let mine = taken++; mine < total; mine = taken++) {
      const due = start + (mine * 1000) / PER_S
      if (due > performance.now()) await Bun.sleep(due - performance.now())
      const content = `Message ${mine}: what somebody might say in a chat, about a line and a half of it, to everybody.`
      const asked = performance.now()
      const { status, body } = await poster.post(post, JSON.stringify({ content, client_id: crypto.randomUUID() }))
      if (status !== 201) throw new Error(`A post was answered ${status}: ${body}`)
      postedAt[Number(/"seq":(\d+)/.exec(body)?.[1])] = asked
    }
  }

  await Promise.all(posters.map(keepPosting))
  const posted_s = (performance.now() - start) / 1000
  await listeners.allHeard(total, PATIENCE_MS)
  const took_s = (performance.now() - start) / 1000
  const cpu_s = cpu() - cpuBefore
  const latencies = new Float64Array(STREAMS * total)
  let arrived = 0
  for (const arrivals of listeners.arrivals())
    for (let seq = 1; seq <= total; seq++)
      if (arrivals[seq]) latencies[arrived++] = (arrivals[seq] ?? 0) - (postedAt[seq] ?? 0)
  const came = latencies.subarray(0, arrived)
  const result = {
    expected: STREAMS * total,
    arrived,
    disorders: listeners.disorders(),
    keptPace: posted_s < seconds * 1.05,
    p99: quantile(came, 0.99),
    row: [
      arrived / took_s,
      total / posted_s,
      quantile(came, 0.5),
      quantile(came, 0.99),
      quantile(came, 1),
      (cpu_s / arrived) * 1e6,
      cpu_s / took_s,
    ],
  }
  listeners.close()
  for (const poster of posters) poster.close()
  return result
}

async function ours() {
  const server = await startServerProcess()
  try {
    const people = await registerPeople(server.url)
    const [owner] = people as [Person]
    const target = async () => {
      const room = await owner.creates({ model_id: 'offline/guide' })
      for (const person of people.slice(1)) await person.joins(room)
      const tokens = people.map(person => person.token)
      const path = `/api/rooms/${room.id}`
      return { port: server.port, cpu: server.cpu, events: `${path}/events`, post: `${path}/messages`, tokens }
    }
    await fanOut(await target(), 2)
    return await fanOut(await target(), SECONDS)
  } finally {
    await server.stop()
  }
}

async function unbatched() {
  const peer = await startPeer(join(import.meta.dir, 'peers/unbatched.ts'))
  try {
    return await fanOut({ port: peer.port, cpu: peer.cpu, events: '/events', post: '/post', tokens: [''] }, SECONDS)
  } finally {
    await peer.stop()
  }
}

/** What one more stream costs: the slope between some and many, so that what a server costs anyway does not count. */
async function memoryOfStreams() {
  const server = await startServerProcess({ args: ['--preload', join(import.meta.dir, 'support/gc.ts')] })
  try {
    const people = await registerPeople(server.url)
    const [owner] = people as [Person]
    const room = await owner.creates({ model_id: 'offline/guide' })
    for (const person of people.slice(1)) await person.joins(room)
    const tokens = people.map(person => person.token)
    const open = (streams: number) => openListeners(server.port, `/api/rooms/${room.id}/events`, tokens, streams, 0)
    const settled = async () => {
      for (let look = 0; look < 4; look++) {
        process.kill(server.pid, 'SIGUSR2')
        await Bun.sleep(500)
      }
      return server.rss()
    }
    const some = await open(500)
    const before = await settled()
    const many = await open(IDLE)
    const after = await settled()
    some.close()
    many.close()
    return { perStream: (after - before) / IDLE, rss: after / 1024 }
  } finally {
    await server.stop()
  }
}

function registerPeople(url: string) {
  return Promise.all(
    Array.from({ length: PEOPLE }, (_, at) =>
      Person.register(url, { email: `p${at}@example.org`, password: 'correct horse battery', display_name: `P${at}` }),
    ),
  )
}

const own = await ours()
const peer = await unbatched()
const memory = await memoryOfStreams()
console.log(
  table(
    [
      `${count(STREAMS)} streams × ${PER_S}/s`,
      'deliveries/s',
      'posts/s',
      'p50 ms',
      'p99 ms',
      'max ms',
      'server µs each',
      'server cores',
    ],
    [
      ['GroupChat', ...own.row],
      ['Bun alone, a write an event', ...peer.row],
    ],
  ),
)
console.log(
  `\n${count(memory.perStream)} KiB an idle stream; ${count(memory.rss)} MiB with ${count(IDLE + 500)} of them\n`,
)
bar(
  `${count(own.arrived)} of ${count(own.expected)} deliveries, ${own.disorders} out of order`,
  own.arrived === own.expected && own.disorders === 0,
)
bar(`posts kept the pace of ${PER_S}/s`, own.keptPace)
bar(`p99 at most ${BAR_P99_MS} ms`, own.p99 <= BAR_P99_MS)
bar(`at most ${BAR_KIB} KiB an idle stream`, memory.perStream <= BAR_KIB)
