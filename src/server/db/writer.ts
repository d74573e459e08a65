import type { Database as Connection } from 'bun:sqlite'
import type { Query } from './database.ts'

/** Writes that share a commit. More gain nothing and make the first one wait. */
const BATCH_MAX = 256

type Job = {
  work: (tx: Query) => Promise<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/** What else happens with each batch: `within` its transaction, last, and once it is on disk. */
export type Around = { within(): void; committed(): void }
const ALONE: Around = { within() {}, committed() {} }

/**
 * Group commit: the writes that gather during one turn of the event loop get a savepoint each and one fsync together,
 * so durability costs a batch, not a message. A write that throws is rolled back alone.
 */
export function createWriter(connection: Connection, tx: Query, around: Around = ALONE) {
  const run = (sql: string) => {
    connection.query(sql).run()
  }
  let queue: Job[] = []
  let draining: Promise<void> | null = null
  let writes = 0
  let commits = 0

  function write<T>(work: (tx: Query) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      queue.push({ work, resolve: resolve as Job['resolve'], reject })
      draining ??= drain()
    })
  }

  async function drain() {
    while (queue.length > 0) {
      await nextTurn()
      const batch = queue.slice(0, BATCH_MAX)
      queue = queue.slice(BATCH_MAX)
      await commit(batch)
    }
    draining = null
  }

  async function commit(batch: Job[]) {
    const settle: (() => void)[] = []
    try {
      run('BEGIN IMMEDIATE')
      for (const job of batch) settle.push(await attempt(job))
      around.within()
      run('COMMIT')
    } catch (error) {
      if (connection.inTransaction) run('ROLLBACK')
      for (const job of batch) job.reject(error)
      return
    }
    writes += batch.length
    commits++
    for (const announce of settle) announce()
    around.committed()
  }

  /** Resolves to what will tell the caller once the batch is on disk. Throws only when the transaction itself is lost. */
  async function attempt(job: Job): Promise<() => void> {
    run('SAVEPOINT job')
    try {
      const value = await job.work(tx)
      run('RELEASE job')
      return () => job.resolve(value)
    } catch (error) {
      // A full disk rolls the whole transaction back by itself; the batch has failed then, not this job alone.
      if (!connection.inTransaction) throw error
      run('ROLLBACK TO job')
      run('RELEASE job')
      return () => job.reject(error)
    }
  }

  return {
    write,
    idle: () => draining ?? Promise.resolve(),
    figures: () => ({ writes_total: writes, commits_total: commits, writes_waiting: queue.length }),
  }
}

/** After this turn's input has been read, so that the requests that arrived together are written together. */
function nextTurn() {
  return new Promise<void>(resolve => setImmediate(resolve))
}
