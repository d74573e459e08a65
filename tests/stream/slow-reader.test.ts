import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Connection, type DirectController } from '../../src/server/stream/connection.ts'
import { startHubServer } from './hub-server.ts'
import { openRawStream, until } from './raw-stream.ts'

const LONG = 'x'.repeat(15_000)
const OWED_MAX = 256 * 1024

let server: Awaited<ReturnType<typeof startHubServer>>
beforeAll(async () => {
  server = await startHubServer()
})
afterAll(() => server.stop())

test('who stops reading holds nobody up, costs little memory, catches up when reading again, and is cut when not', async () => {
  const ada = await server.person('Ada')
  const room = await ada.creates({ ai_mode: 'off' })
  let said = 0
  const say = async (count: number) => {
    for (let n = 0; n < count; n++, said++) await ada.says(room, LONG)
  }
  const everything = () => Array.from({ length: said }, (_, at) => at + 1)
  const open = async (reading: boolean) => {
    const before = server.hub.count()
    const stream = await openRawStream(server.port, ada, `/api/rooms/${room.id}/events`, { reading })
    await until(() => server.hub.count() > before)
    return stream
  }
  const quick = await open(true)
  const slow = await open(false)
  const deaf = await open(false)

  // Until the kernel takes no more for either of the two, which is after some megabytes, and then some more.
  while (!server.peaks.slice(1).every(peak => peak > 0)) await say(20)
  await say(100)
  expect(server.peaks.slice(1).every(peak => peak <= OWED_MAX)).toBe(true)
  await until(() => quick.seqs().length >= said)
  expect(quick.seqs()).toEqual(everything())
  quick.leave()

  slow.read()
  await until(() => slow.seqs().length >= said)
  await say(1)
  await until(() => slow.seqs().length >= said)
  expect(slow.seqs()).toEqual(everything())
  expect(slow.resets).toBe(0)
  slow.leave()

  await until(() => server.hub.count() === 0)
  deaf.read()
  await until(() => deaf.closed)
  const heard = deaf.seqs()
  expect(heard).toEqual(everything().slice(0, heard.length))
  expect(heard.length).toBeLessThan(said)
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
