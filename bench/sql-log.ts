import { Person } from '../tests/support/person.ts'
import { bar, median, option, table } from './support/figures.ts'
import { postFor, type Round } from './support/post-for.ts'
import { startServerProcess } from './support/server.ts'

const CONNECTIONS = option('connections', 64)
const SECONDS = option('seconds', 3)
const ROUNDS = option('rounds', 5)
const PEOPLE = 8
const BAR_SHARE = 0.7

/** Two servers that differ in one thing take turns, so that what the machine does besides hits both. */
const sides = await Promise.all(
  (['on', 'off'] as const).map(async sqlLog => {
    const server = await startServerProcess({ env: { SQL_LOG: sqlLog } })
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
    const { id } = await first.creates({ model_id: 'offline/guide' })
    for (const person of people.slice(1)) await person.joins({ id })
    const places = people.map(person => ({ person, room_id: id }))
    await postFor(server, places, CONNECTIONS, 2, new Set())
    return { sqlLog, server, places, rounds: [] as Round[] }
  }),
)
try {
  for (let round = 0; round < ROUNDS; round++)
    for (const { server, places, rounds } of sides)
      rounds.push(await postFor(server, places, CONNECTIONS, SECONDS, new Set()))
  const of = (rounds: Round[], pick: (round: Round) => number) => median(rounds.map(pick))
  const rows = sides.map(({ sqlLog, rounds }) => [
    `SQL_LOG=${sqlLog}`,
    of(rounds, r => r.perSecond),
    of(rounds, r => r.p50),
    of(rounds, r => r.p99),
    of(rounds, r => r.cpuPerMessage),
  ])
  console.log(table([`POST, ${CONNECTIONS} connections`, 'messages/s', 'p50 ms', 'p99 ms', 'server µs each'], rows))
  const [on, off] = sides.map(({ rounds }) => of(rounds, r => r.perSecond)) as [number, number]
  console.log()
  bar(
    `with the log on ${Math.round((on / off) * 100)} % of the figure without, at least ${BAR_SHARE * 100} %`,
    on / off >= BAR_SHARE,
  )
} finally {
  for (const { server } of sides) await server.stop()
}
