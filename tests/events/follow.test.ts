import { describe, expect, test } from 'bun:test'
import type { Bus, LastingEvent, Signal } from '../../src/server/events/bus.ts'
import { follow } from '../../src/server/events/follow.ts'
import { createMemoryBus } from '../../src/server/events/memory.ts'
import { createRandom } from '../support/random.ts'

const EVENTS = 500
const FOLLOWERS = 5

/** A log in memory, and what was announced of it. */
function createLog() {
  const rows: LastingEvent[] = []
  return {
    rows,
    append(): LastingEvent {
      const event = { id: rows.length + 1, type: 'room.updated', data: {} } as unknown as LastingEvent
      rows.push(event)
      return event
    },
    after: async (cursor: number, limit: number) => rows.filter(row => row.id > cursor).slice(0, limit),
  }
}

/** A bus as bad as it may be: drops a tenth, repeats a tenth, and delays everything at random, so nothing keeps its order. */
function createBadBus(seed: number): Bus & { quiet(): Promise<void> } {
  const random = createRandom(seed)
  const inner = createMemoryBus()
  const under = new Set<Promise<void>>()
  function deliverLater(signal: Signal) {
    const delivered = Bun.sleep(random() * 12).then(() => inner.publish(signal))
    under.add(delivered)
    void delivered.finally(() => under.delete(delivered))
  }
  return {
    ...inner,
    publish(signal) {
      const fate = random()
      if (fate < 0.1) return
      deliverLater(signal)
      if (fate < 0.2) deliverLater(signal)
    },
    async quiet() {
      while (under.size > 0) await Promise.all(under)
    },
  }
}

const expected = Array.from({ length: EVENTS }, (_, index) => index + 1)

describe('follow', () => {
  test.each([1, 2, 3])('sees 500 of 500 once and in order over a bad bus (seed %d)', async seed => {
    const log = createLog()
    const bus = createBadBus(seed)
    const seen: number[][] = Array.from({ length: FOLLOWERS }, () => [])
    const followers = seen.map(ids => follow(log, bus, 0, event => ids.push(event.id), { checkMs: 20 }))

    for (let n = 0; n < EVENTS; n++) {
      bus.publish({ kind: 'lasting', event: log.append() })
      if (n % 7 === 0) await Bun.sleep(1)
    }
    await bus.quiet()
    await Promise.all(followers.map(follower => follower.caughtUp()))

    for (const ids of seen) expect(ids).toEqual(expected)
    for (const follower of followers) follower.stop()
  })

  test('learns from the log of an event that the bus never announced', async () => {
    const log = createLog()
    const bus = createMemoryBus()
    const heard = Promise.withResolvers<number>()
    const follower = follow(log, bus, 0, event => heard.resolve(event.id), { checkMs: 5 })
    log.append()
    expect(await heard.promise).toBe(1)
    follower.stop()
  })

  test('begins after its cursor and passes on what is next without reading the log again', async () => {
    const log = createLog()
    for (let n = 0; n < 10; n++) log.append()
    let reads = 0
    const counted = {
      after(cursor: number, limit: number) {
        reads++
        return log.after(cursor, limit)
      },
    }
    const bus = createMemoryBus()
    const seen: number[] = []
    const follower = follow(counted, bus, 7, event => seen.push(event.id), { checkMs: 60_000 })
    await follower.caughtUp()
    expect(seen).toEqual([8, 9, 10])
    const readsSoFar = reads
    for (let n = 0; n < 5; n++) bus.publish({ kind: 'lasting', event: log.append() })
    expect(seen).toEqual([8, 9, 10, 11, 12, 13, 14, 15])
    expect(reads).toBe(readsSoFar)
    follower.stop()
  })

  test('delivers nothing after it was stopped', async () => {
    const log = createLog()
    const bus = createMemoryBus()
    const seen: number[] = []
    const follower = follow(log, bus, 0, event => seen.push(event.id), { checkMs: 1 })
    follower.stop()
    bus.publish({ kind: 'lasting', event: log.append() })
    await Bun.sleep(10)
    expect(seen).toEqual([])
    expect(follower.position()).toBe(0)
  })
})
