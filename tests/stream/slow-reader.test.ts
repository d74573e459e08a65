import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Connection, type DirectController } from '../../src/server/stream/connection.ts'
import { startHubServer } from './hub-server.ts'
import { openRawStream, until } from './raw-stream.ts'

/** More than the kernel keeps for one connection on both its ends. */
const MESSAGES = 1_500
const LONG = 'x'.repeat(15_000)

let server: Awaited<ReturnType<typeof startHubServer>>
beforeAll(async () => {
  server = await startHubServer()
})
afterAll(() => server.stop())

test('who stops reading holds nobody up, costs no memory, catches up when reading again, and is cut when not', async () => {
  const ada = await server.person('Ada')
  const room = await ada.creates({ ai_mode: 'off' })
  const path = `/api/rooms/${room.id}/events`
  const quick = await openRawStream(server.port, ada, path, { reading: true })
  const slow = await openRawStream(server.port, ada, path, { reading: false })
  const deaf = await openRawStream(server.port, ada, path, { reading: false })
  await until(() => quick.opened && server.hub.count() === 3)

  const before = process.memoryUsage().rss
  for (let n = 1; n <= MESSAGES; n++) await ada.says(room, LONG)
  const every = Array.from({ length: MESSAGES }, (_, at) => at + 1)
  await until(() => quick.seqs().length >= MESSAGES)
  expect(quick.seqs()).toEqual(every)
  quick.leave()

  // 23 MB were said. What the quick one read is in this process as well; the two others may not add as much each.
  const grown = process.memoryUsage().rss - before
  expect(grown).toBeLessThan(MESSAGES * LONG.length * 4)
  expect(slow.opened).toBe(false)

  slow.read()
  await until(() => slow.seqs().length >= MESSAGES)
  expect(slow.seqs()).toEqual(every)
  expect(slow.resets).toBe(0)
  await ada.says(room, 'live again')
  await until(() => slow.seqs().length > MESSAGES)
  expect(slow.seqs()).toEqual([...every, MESSAGES + 1])
  slow.leave()

  await until(() => server.hub.count() === 0)
  deaf.read()
  await until(() => deaf.closed)
  const heard = deaf.seqs()
  expect(heard).toEqual(every.slice(0, heard.length))
  expect(heard.length).toBeLessThan(MESSAGES)
}, 40_000)

function stalling() {
  const taken: number[] = []
  let drain = () => {}
  const closedWith: (Error | undefined)[] = []
  const drained: Connection[] = []
  const closed: Connection[] = []
  const controller: DirectController = {
    write(bytes) {
      taken.push(bytes.length)
      const { promise, resolve } = Promise.withResolvers<number>()
      const earlier = drain
      drain = () => {
        earlier()
        resolve(bytes.length)
      }
      return promise
    },
    flush() {},
    close: error => void closedWith.push(error),
  }
  const to = { user_id: 'ada', session_id: 's', expires_at: Number.MAX_VALUE, only: null, watched: new Set<string>() }
  const connection = new Connection(to, controller, 0, {
    drained: one => void drained.push(one),
    closed: one => void closed.push(one),
  })
  return { connection, taken, closedWith, drained, closed, drain: () => drain() }
}

test('a connection that owes more than 256 KiB is dropped at once, however many writes it took', () => {
  const { connection, closedWith, closed } = stalling()
  for (let n = 0; n < 4; n++) expect(connection.write(new Uint8Array(64 * 1024))).toBe(false)
  expect(closed).toEqual([])
  connection.write(new Uint8Array(1))
  expect(closed).toEqual([connection])
  expect(closedWith).toHaveLength(1)
  expect(closedWith[0]).toBeInstanceOf(Error)
})

test('a connection that has not drained for ten seconds is dropped', () => {
  const { connection, closed } = stalling()
  const now = Date.now()
  connection.write(new Uint8Array(1))
  connection.checkStall(now + 9_000)
  expect(closed).toEqual([])
  connection.checkStall(now + 11_000)
  expect(closed).toEqual([connection])
})

test('has drained when everything has gone out, and says so once', async () => {
  const { connection, drained, drain } = stalling()
  connection.write(new Uint8Array(1))
  connection.write(new Uint8Array(1))
  drain()
  await Bun.sleep(0)
  expect(drained).toEqual([connection])
  expect(connection.stalled).toBe(false)
})

test('a controller that throws ends its own stream and nothing else', () => {
  const { connection, closed } = stalling()
  Reflect.set(connection, 'controller', {
    write() {
      throw new Error('closed')
    },
  })
  connection.write(new Uint8Array(1))
  expect(closed).toEqual([connection])
})
