import { Database as Connection } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Database, Query } from '../../src/server/db/database.ts'
import { createMemoryBus } from '../../src/server/events/memory.ts'
import { createLogger } from '../../src/server/http/logger.ts'
import { createIndexer, type Indexer } from '../../src/server/search/indexer.ts'
import type { SearchResults } from '../../src/shared/search.ts'
import { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

describe('an indexer', () => {
  const nothing = {} as Query
  let waiting: number[]
  let writing: number
  let broken: boolean
  let lines: string[]
  let tookIt: () => void
  let looked: PromiseWithResolvers<void>
  let indexer: Indexer
  beforeEach(() => {
    waiting = []
    writing = 0
    broken = false
    lines = []
    tookIt = () => {}
    looked = Promise.withResolvers()
  })
  afterEach(() => indexer.stop())

  /** Over an index that takes a hundred at a time. */
  function begin({ checkMs = 60_000 } = {}) {
    const bus = createMemoryBus()
    const write = async <T>(work: (tx: Query) => Promise<T>) => {
      expect(++writing).toBe(1)
      await Bun.sleep(1)
      writing--
      return work(nothing)
    }
    indexer = createIndexer({
      db: { read: nothing, write } as Database,
      bus,
      index: {
        async newest() {
          looked.resolve()
          return waiting.at(-1) ?? null
        },
        async take() {
          if (broken) throw new Error('The disk is full')
          const taken = waiting.splice(0, 100)
          tookIt()
          return taken.length ? { upTo: taken.at(-1) ?? 0, count: taken.length } : null
        },
      },
      logger: createLogger('debug', line => lines.push(line)),
      checkMs,
    })
    return bus
  }
  const queue = (...numbers: number[]) => waiting.push(...numbers)
  const upTo = (n: number) => Array.from({ length: n }, (_, at) => at + 1)

  test('takes what was left by an earlier start, all of it, in many writes', async () => {
    queue(...upTo(1_234))
    begin()
    await new Promise<void>(resolve => {
      tookIt = () => waiting.length === 0 && resolve()
    })
  })

  test('hears of a message and takes it soon, with what came meanwhile', async () => {
    const bus = begin()
    await looked.promise
    await Bun.sleep(0)
    const { promise, resolve } = Promise.withResolvers<void>()
    tookIt = resolve
    const event = { type: 'message.created', id: 1, room_id: 'r', user_id: null, subject_id: null, created_at: 1 }
    for (const number of upTo(20)) {
      queue(number)
      bus.publish({ kind: 'lasting', event: event as never })
    }
    await promise
    expect(waiting).toEqual([])
  })

  test('lets a search wait for what was said before it, not for what is said after', async () => {
    begin()
    queue(...upTo(350))
    const caughtUp = Promise.all([indexer.catchUp(), indexer.catchUp()])
    await null
    queue(...Array.from({ length: 1_000 }, (_, at) => at + 351))
    await caughtUp
    expect(waiting[0]).toBe(401)
  })

  test('lets a search wait for two thousand and no more', async () => {
    begin()
    queue(...upTo(50_000))
    await indexer.catchUp()
    expect(waiting[0]).toBeGreaterThan(2_000)
    expect(waiting[0]).toBeLessThan(3_000)
  })

  test('a search goes without when nothing can be written, and the rest goes on trying', async () => {
    begin({ checkMs: 20 })
    queue(1)
    broken = true
    await indexer.catchUp()
    expect(waiting).toEqual([1])
    expect(lines.join()).toContain('The disk is full')
    broken = false
    await new Promise<void>(resolve => {
      tookIt = resolve
    })
    expect(waiting).toEqual([])
  })
})

describe('behind the posts', () => {
  let server: TestServer
  afterEach(() => server.stop())

  const database = () => new Connection(join(server.dataDir, 'chat.db'))
  async function meet() {
    server = await startTestServer()
    const ada = await server.person('Ada')
    return { ada, room: await ada.creates({ ai_mode: 'off' }) }
  }
  const restart = async (person: Person) => {
    server = await startTestServer({ dataDir: server.dataDir })
    return new Person(server.url, person.user, person.token)
  }
  async function finds(person: Person, q: string) {
    const { results } = await person.must<SearchResults>('GET', `/api/search?q=${encodeURIComponent(q)}&limit=50`)
    return results.map(({ message }) => message.content)
  }
  /** As if the server had been killed before it came to read them. */
  function says(person: Person, room: { id: string }, count: number, text: (n: number) => string) {
    const db = database()
    const insert = db.query(
      `INSERT INTO messages (id, room_id, seq, hash, sender_id, content, mentions, status, created_at)
       VALUES (?, ?, ?, 'h', ?, ?, '[]', 'complete', ?)`,
    )
    db.transaction(() => {
      for (let n = 1; n <= count; n++) insert.run(Bun.randomUUIDv7(), room.id, n, person.user.id, text(n), n)
    })()
    db.run('UPDATE rooms SET last_seq = ? WHERE id = ?', [count, room.id])
    db.close()
  }
  const left = () => {
    const db = database()
    const row = db.query<{ n: number }, []>('SELECT count(*) AS n FROM search_queue').get()
    db.close()
    return row?.n
  }
  async function allRead() {
    while (left()) await Bun.sleep(10)
  }

  test('a message that a crash kept from being read is found after the start, searched for or not', async () => {
    const { ada, room } = await meet()
    await server.halt()
    says(ada, room, 3, n => `clavichord ${n}`)
    expect(left()).toBe(3)
    const again = await restart(ada)
    expect(await finds(again, 'clavichord')).toEqual([3, 2, 1].map(n => `clavichord ${n}`))

    await server.halt()
    const db = database()
    db.run("UPDATE messages SET content = 'harpsichord' WHERE content = 'clavichord 2'")
    db.close()
    const third = await restart(ada)
    await allRead()
    expect(await finds(third, 'clavichord')).toEqual(['clavichord 3', 'clavichord 1'])
    expect(await finds(third, 'harpsichord')).toEqual(['harpsichord'])
  })

  test('ten thousand that wait are read while people post and search', async () => {
    const { ada, room } = await meet()
    await server.halt()
    says(ada, room, 10_000, n => `bassoon ${n}`)
    const again = await restart(ada)
    const early = await finds(again, 'bassoon')
    expect(early).toHaveLength(50)
    await again.says(room, 'contrabassoon')
    await allRead()
    const late = Array.from({ length: 49 }, (_, at) => `bassoon ${10_000 - at}`)
    expect(await finds(again, 'bassoon')).toEqual(['contrabassoon', ...late])
  }, 30_000)

  test('what is deleted or changed before it was read is never found', async () => {
    const { ada, room } = await meet()
    const [gone, changed] = [await ada.says(room, 'kazoo one'), await ada.says(room, 'kazoo two')]
    await ada.must('DELETE', `/api/messages/${gone.id}`)
    await ada.must('PATCH', `/api/messages/${changed.id}`, { content: 'ocarina' })
    expect(await finds(ada, 'kazoo')).toEqual([])
    expect(await finds(ada, 'ocarina')).toEqual(['ocarina'])
    const cleared = await ada.creates({ ai_mode: 'off' })
    await ada.says(cleared, 'kazoo three')
    await ada.must('POST', `/api/rooms/${cleared.id}/clear`)
    await ada.says(cleared, 'kazoo four')
    expect(await finds(ada, 'kazoo')).toEqual(['kazoo four'])
  })
})
