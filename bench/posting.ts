import { Database } from 'bun:sqlite'
import { Person } from '../tests/support/person.ts'
import { bar, count, median, option, table } from './support/figures.ts'
import { type Place, postFor, type Round } from './support/post-for.ts'
import { measureInserts } from './support/raw-inserts.ts'
import { type ServerProcess, startServerProcess } from './support/server.ts'

const CONNECTIONS = option('connections', 64)
const SECONDS = option('seconds', 5)
const WARM_UP_S = 2
const ROUNDS = option('rounds', 3)
const PEOPLE = 8
const BAR_PER_S = 4_000

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
  await postFor(server, places, CONNECTIONS, WARM_UP_S, acknowledged)
  const rounds: Round[] = []
  for (let round = 0; round < ROUNDS; round++)
    rounds.push(await postFor(server, places, CONNECTIONS, SECONDS, acknowledged))
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
