import { Database } from 'bun:sqlite'
import { Person } from '../tests/support/person.ts'
import { bar, count, median, option, quantile, table } from './support/figures.ts'
import { openPoster } from './support/poster.ts'
import { measureInserts } from './support/raw-inserts.ts'
import { type ServerProcess, startServerProcess } from './support/server.ts'

const CONNECTIONS = option('connections', 64)
const SECONDS = option('seconds', 5)
const WARM_UP_S = 2
const ROUNDS = option('rounds', 3)
const PEOPLE = 8
const BAR_PER_S = 4_000

type Round = { perSecond: number; p50: number; p99: number; cpuPerMessage: number; busy: number }
type Place = { person: Person; room_id: string }

/** Posts from every connection at once, each its next message when the last one was acknowledged. */
async function postFor(server: ServerProcess, places: Place[], seconds: number, acknowledged: Set<string>) {
  const latencies: number[] = []
  const posters = await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, at) => {
      const place = places[at % places.length] as Place
      return { place, poster: await openPoster(server.port, place.person.token) }
    }),
  )
  const cpuBefore = server.cpu()
  const start = performance.now()
  const end = start + seconds * 1000
  await Promise.all(
    posters.map(async ({ place, poster }) => {
      while (performance.now() < end) {
        const client_id = crypto.randomUUID()
        const content = `Message ${client_id} says what a message in a chat might say, about a line and a half of it.`
        const asked = performance.now()
        const { status, body } = await poster.post(
          `/api/rooms/${place.room_id}/messages`,
          JSON.stringify({ content, client_id }),
        )
        if (status !== 201) throw new Error(`A post was answered ${status}: ${body}`)
        latencies.push(performance.now() - asked)
        acknowledged.add(client_id)
      }
      poster.close()
    }),
  )
  const took_s = (performance.now() - start) / 1000
  const cpu_s = server.cpu() - cpuBefore
  return {
    perSecond: latencies.length / took_s,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpuPerMessage: (cpu_s / latencies.length) * 1e6,
    busy: cpu_s / took_s,
  } satisfies Round
}

/** What was acknowledged is there, once, and every room counts 1, 2, 3 … */
function verify(file: string, acknowledged: Set<string>) {
  const database = new Database(file, { readonly: true })
  const stored = new Set(
    database
      .query<{ client_id: string }, []>('SELECT client_id FROM messages WHERE client_id IS NOT NULL')
      .all()
      .map(row => row.client_id),
  )
  const rooms = database
    .query<{ n: number; low: number; high: number }, []>(
      'SELECT count(*) n, min(seq) low, max(seq) high FROM messages GROUP BY room_id',
    )
    .all()
  const events = database.query<{ n: number }, []>("SELECT count(*) n FROM events WHERE type = 'message.created'").get()
  database.close()
  const lost = [...acknowledged].filter(id => !stored.has(id)).length
  const gaps = rooms.filter(({ n, low, high }) => low !== 1 || high !== n).length
  bar(`${count(acknowledged.size)} acknowledged, ${lost} lost, ${gaps} rooms with gaps`, lost === 0 && gaps === 0)
  bar(`as many events as messages`, events?.n === stored.size)
}

async function measure(name: string, server: ServerProcess, places: Place[], acknowledged: Set<string>) {
  await postFor(server, places, WARM_UP_S, acknowledged)
  const rounds: Round[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await postFor(server, places, SECONDS, acknowledged))
  const of = (pick: (round: Round) => number) => median(rounds.map(pick))
  return {
    perSecond: of(round => round.perSecond),
    row: [name, of(r => r.perSecond), of(r => r.p50), of(r => r.p99), of(r => r.cpuPerMessage), of(r => r.busy)],
  }
}

const server = await startServerProcess()
try {
  const people = await Promise.all(
    Array.from({ length: PEOPLE }, (_, at) =>
      Person.register(server.url, {
        email: `p${at}@example.org`,
        password: 'correct horse battery',
        display_name: `Person ${at}`,
      }),
    ),
  )
  const [first] = people as [Person]
  const create = (person: Person) => person.creates({ model_id: 'offline/guide' })
  const shared = await create(first)
  for (const person of people.slice(1)) await person.joins(shared)
  const acknowledged = new Set<string>()

  const oneRoom = people.map(person => ({ person, room_id: shared.id }))
  const oneRoomRun = await measure(`one room, ${PEOPLE} people`, server, oneRoom, acknowledged)
  const ownRooms = await Promise.all(people.map(async person => ({ person, room_id: (await create(person)).id })))
  const ownRoomsRun = await measure(`${PEOPLE} rooms, ${PEOPLE} people`, server, ownRooms, acknowledged)
  const head = [`POST, ${CONNECTIONS} connections`, 'messages/s', 'p50 ms', 'p99 ms', 'server µs each', 'server cores']
  console.log(table(head, [oneRoomRun.row, ownRoomsRun.row]))
  console.log()
  console.log(table(['Same rows, no server', 'messages/s'], measureInserts(SECONDS)))
  console.log()
  verify(server.database, acknowledged)
  bar(`at least ${count(BAR_PER_S)} acknowledged messages/s in one room`, oneRoomRun.perSecond >= BAR_PER_S)
} finally {
  await server.stop()
}
