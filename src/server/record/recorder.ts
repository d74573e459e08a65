import type { Database as Connection } from 'bun:sqlite'
import { rmSync } from 'node:fs'
import { bringBack, putAside } from './aside.ts'
import { baseline } from './baseline.ts'
import { inspect, logPath, NOTHING_BEFORE, partPath } from './files.ts'
import { beginRecording, knownGeneration, newGeneration, tellsOfTheseTables } from './generation.ts'
import { LogFile } from './log-file.ts'
import { type Change, changesAfter, emptyOutbox, hasOutbox, lastNumber, waiting } from './outbox.ts'

/** A file as large as this is put away compressed, in bytes. */
export const PART_MAX = 64 * 1024 * 1024
/** Where it could not be put away, that is tried again when it has grown by this share of a file. */
const PUT_AWAY_AGAIN = 1 / 16
/** Changes that are read from the outbox at a time. */
const DRAIN_MAX = 4_096
/** What is written at a time of the whole database, in characters. */
const BLOCK = 1_000_000
/** How long what is written may wait for the disk while more comes, in milliseconds. Until then it stays in the outbox too. */
const SYNC_EVERY_MS = 100
/** How often somebody looks for what other programs wrote. */
const LOOK_EVERY_MS = 250

export type RecorderOptions = {
  folder: string
  /** Two connections to the same file: the one that writes, and one that sees what is committed. */
  writing: Connection
  reading: Connection
  /** Runs a write of nothing, in which `forget` is called. */
  nudge: () => Promise<unknown>
  /** Called with each part that is full, to be compressed. */
  finished: (path: string) => void
  trouble: (error: unknown) => void
  partMax?: number
  syncEveryMs?: number
}

export type Recorder = ReturnType<typeof createRecorder>

/**
 * Writes what the triggers leave in the outbox to `backup.sql`, in the order of the commits, and empties the outbox once
 * the file is on disk. A crash at any instant leaves each change in the outbox, in the file, or in both; the numbers tell.
 */
export function createRecorder({
  folder,
  writing,
  reading,
  nudge,
  finished,
  trouble,
  partMax = PART_MAX,
  syncEveryMs = SYNC_EVERY_MS,
}: RecorderOptions) {
  const path = logPath(folder)
  let file: LogFile | null = null
  /** Up to this change the file is on disk … */
  let synced = 0
  /** … and up to here the outbox is empty. */
  let forgotten = 0
  let fullAt = partMax
  let syncing: Promise<void> | null = null
  let scheduled = false
  let version = 0
  let looking: ReturnType<typeof setInterval> | undefined
  let failing = false
  let told = false
  let closing = false

  /** Before the tables change: what an earlier process could not write any more is written while the log still tells of them. */
  function settle() {
    if (!resume()) return
    file?.close()
    file = null
  }

  /** Before anything else writes: makes file and database agree, or begins a new generation where they cannot. */
  function open() {
    if (!tellsOfTheseTables(writing) || !resume()) begin()
    version = dataVersion()
    looking = setInterval(look, LOOK_EVERY_MS)
  }

  /**
   * False where the file is not the log of this database, or lacks something that the outbox no longer has. Of the file only
   * that is sure to be on disk which the outbox has forgotten: the rest is written again.
   */
  function resume(): boolean {
    const generation = knownGeneration(writing)
    if (!generation || !hasOutbox(writing)) return false
    bringBack(folder, generation)
    const found = inspect(path)
    if (!found) return lost('it is gone, or cannot be read')
    if (found.head.generation !== generation) return lost('another one stands in its place')
    const last = lastNumber(writing)
    if (found.tail.number > last) return lost('it tells of more than the database knows')
    // A file before it is on disk as a whole.
    const { first, count } = waiting(writing, found.head.number ?? 0)
    const from = first ?? last + 1
    const tail = inspect(path, from)?.tail
    if (tail?.number !== from - 1) return lost(`it ends at change ${tail?.number} instead of ${from - 1}`)
    if (count !== last - tail.number) return lost(`of the changes after number ${tail.number} some are nowhere`)
    const resumed = LogFile.resume(path, found.head, tail)
    file = resumed
    fetch(resumed)
    resumed.sync()
    synced = resumed.number
    return true
  }

  function lost(why: string): false {
    const words = `The SQL log of this database, ${path}, cannot be gone on with: ${why}. It begins anew with the whole database.`
    if (!told) trouble(new Error(words))
    told = true
    return false
  }

  /** A generation begins with the whole database. The file is in its place before the database says that it is. */
  function begin() {
    const aside = putAside(folder)
    if (aside) finished(aside)
    const beside = `${path}.new`
    let made: LogFile | null = null
    writing.run('BEGIN IMMEDIATE')
    try {
      const generation = newGeneration()
      beginRecording(writing, generation)
      const number = lastNumber(writing)
      emptyOutbox(writing, number)
      made = LogFile.create(beside, { generation, part: 0, previous: NOTHING_BEFORE, number })
      appendBaseline(made)
      made.sync()
      made.moveTo(path)
      writing.run('COMMIT')
      file = made
      synced = forgotten = number
    } catch (error) {
      if (writing.inTransaction) writing.run('ROLLBACK')
      made?.close()
      rmSync(beside, { force: true })
      throw error
    }
  }

  function appendBaseline(made: LogFile) {
    let changes: Change[] = []
    let size = 0
    for (const sql of baseline(writing)) {
      changes.push({ id: 0, sql })
      size += sql.length
      if (size < BLOCK) continue
      made.append(changes)
      changes = []
      size = 0
    }
    made.append(changes)
  }

  /** After each commit. What gathers in one turn of the event loop is written together. */
  function wake() {
    if (scheduled || !file) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      attempt(drain)
    })
  }

  /** Another program's commits change this number, ours do not. */
  function look() {
    const now = dataVersion()
    if (now !== version) {
      version = now
      wake()
    }
    if (failing || (file && file.number > synced)) wake()
  }

  function drain() {
    if (!file) return
    fetch(file)
    if (file.number > synced || file.bytes >= fullAt) void sync(file)
  }

  /** From the outbox into the file. */
  function fetch(into: LogFile) {
    for (;;) {
      const changes = changesAfter(reading, into.number, DRAIN_MAX)
      if (changes.length > 0) into.append(changes)
      if (changes.length < DRAIN_MAX) break
    }
  }

  /** One at a time. */
  function sync(now: LogFile): Promise<void> {
    syncing ??= new Promise<void>(resolve => {
      setTimeout(() => {
        const upTo = now.number
        now.syncBeside(error => {
          syncing = null
          if (error) trouble(error)
          else {
            synced = upTo
            const next = now.bytes >= fullAt ? rotate(now) : now
            if (next.number > synced) void sync(next)
            else void emptied()
          }
          resolve()
        })
      }, syncEveryMs)
    })
    return syncing
  }

  /** Where nobody else writes, the outbox is emptied by a write of its own. */
  async function emptied() {
    if (synced > forgotten && !closing) await nudge().catch(trouble)
  }

  /** Within a write of somebody else, so that it costs no commit. */
  function forget() {
    if (synced <= forgotten) return
    emptyOutbox(writing, synced)
    forgotten = synced
  }

  /** Goes on in another file. Where that cannot be had, in this one. */
  function rotate(full: LogFile): LogFile {
    const part = partPath(folder, full.head)
    let next: LogFile
    try {
      next = full.follow(part)
    } catch (error) {
      if (fullAt === partMax) trouble(error)
      fullAt = full.bytes + partMax * PUT_AWAY_AGAIN
      return full
    }
    file = next
    synced = next.number
    fullAt = partMax
    full.close()
    finished(part)
    return next
  }

  function attempt(work: () => void) {
    try {
      work()
      failing = false
    } catch (error) {
      if (!failing) trouble(error)
      failing = true
    }
  }

  function dataVersion(): number {
    const [row] = writing.query<{ data_version: number }, []>('PRAGMA data_version').all()
    return row?.data_version ?? 0
  }

  return {
    settle,
    open,
    wake,
    forget,
    /** Changes that are committed but not yet safely in the file. */
    get owed() {
      return lastNumber(reading) - synced
    },
    /** Everything that is committed is in the file, and the file on disk; nothing is written afterwards. */
    async close() {
      clearInterval(looking)
      closing = true
      while (syncing) await syncing
      const last = file
      if (!last) return
      attempt(() => {
        fetch(last)
        last.sync()
        synced = last.number
        forget()
      })
      file = null
      last.close()
    },
  }
}
