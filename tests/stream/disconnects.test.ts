import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { startHubServer } from './hub-server.ts'
import { openRawStream, until } from './raw-stream.ts'

const STREAMS = 300
const AT_ONCE = 50

let server: Awaited<ReturnType<typeof startHubServer>>
let ada: Person
let room: Room
beforeAll(async () => {
  server = await startHubServer()
  ada = await server.person('Ada')
  room = await ada.creates({ ai_mode: 'off' })
})
afterAll(() => server.stop())

const pathOf = (n: number) => (n % 2 === 0 ? '/api/events' : `/api/rooms/${room.id}/events`)

test('streams whose clients have gone are forgotten, whether they waited for the greeting or not', async () => {
  for (let n = 0; n < STREAMS; n += AT_ONCE) {
    const opened = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, at) => openRawStream(server.port, ada, pathOf(n + at), { reading: true })),
    )
    const waiting = opened.filter((_, at) => at % 3 > 0)
    await until(() => waiting.every(stream => stream.opened))
    for (const stream of opened) stream.leave()
  }
  await until(() => server.hub.count() === 0)
  expect(server.lines.filter(line => line.includes('"error"'))).toEqual([])
})

test('whoever stays hears everything while others come and go', async () => {
  const staying = await openRawStream(server.port, ada, pathOf(1), { reading: true })
  await until(() => staying.opened)
  for (let n = 1; n <= 30; n++) {
    const passing = await Promise.all([openRawStream(server.port, ada, pathOf(n), { reading: true })])
    await ada.says(room, `message ${n}`)
    for (const stream of passing) stream.leave()
  }
  await until(() => staying.seqs().length >= 30)
  expect(staying.seqs()).toEqual(Array.from({ length: 30 }, (_, at) => at + 1))
  staying.leave()
  await until(() => server.hub.count() === 0)
})
