import type { Database as Connection } from 'bun:sqlite'
import {
  closeSync,
  fchmodSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { baseline } from './baseline.ts'
import { type Head, inspect, logPath, NOTHING_BEFORE, partPath, syncFolder, writeHead } from './files.ts'
import { writeLine } from './line.ts'
import { OUTBOX } from './shape.ts'
import { fingerprint, installTriggers, removeTriggers } from './triggers.ts'

/** Of `meta`: which generation of the log goes with this database, and of which tables it tells. A restored database has neither. */
const GENERATION = 'sql_log_generation'
const TABLES = 'sql_log_tables'
/** A file as large as this is put away compressed, in bytes. */
export const PART_MAX = 64 * 1024 * 1024
/** Changes that are read from the outbox at a time. */
const DRAIN_MAX = 4_096
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
  let file = -1
  let head: Head = { generation: '', part: 0, previous: NOTHING_BEFORE }
  /** Of the file: its length, the last line's hash, and the last change that stands in it. */
  let bytes = 0
  let hash = NOTHING_BEFORE
  let written = 0
  /** Up to here the file is on disk … */
  let synced = 0
  /** … and up to here the outbox is empty. */
  let forgotten = 0
  let syncing: Promise<void> | null = null
  let scheduled = false
  let version = 0
  let looking: ReturnType<typeof setInterval> | undefined
  let failing = false
  let closing = false

  /** Before the tables change: what an earlier process could not write any more is written while the log still tells of them. */
  function settle() {
    if (!resume()) return
    closeSync(file)
    file = -1
  }

  /** Before anything else writes: makes file and database agree, or begins a new generation where they cannot. */
  function open() {
    const same = knownOf(writing, TABLES) === fingerprint(writing)
    if (!same || !resume()) begin()
    version = dataVersion()
    looking = setInterval(look, LOOK_EVERY_MS)
  }

  /** False where the file is not the log of this database, or lacks something that the outbox no longer has. */
  function resume(): boolean {
    const found = inspect(path)
    if (!found || !hasOutbox(writing) || found.head.generation !== knownOf(writing, GENERATION)) return false
    const [first] = writing
      .query<{ id: number | null; n: number }, [number]>(
        `SELECT min(id) AS id, count(*) AS n FROM ${OUTBOX} WHERE id > ?`,
      )
      .all(found.tail.id)
    const last = lastNumber(writing)
    const missing = last - found.tail.id - (first?.n ?? 0)
    if (missing !== 0) return false
    file = openSync(path, 'r+')
    fchmodSync(file, 0o600)
    ftruncateSync(file, found.tail.bytes)
    head = found.head
    bytes = found.tail.bytes
    hash = found.tail.hash
    written = found.tail.id
    fetch()
    fsyncSync(file)
    synced = written
    return true
  }

  /** A generation begins with the whole database. The file is in its place before the database says that it is. */
  function begin() {
    if (file >= 0) closeSync(file)
    file = -1
    putAside()
    const generation = `${new Date().toISOString().replace(/[-:.]/g, '').slice(0, 18)}Z`
    head = { generation, part: 0, previous: NOTHING_BEFORE }
    const temporary = `${path}.new`
    file = openSync(temporary, 'w+', 0o600)
    bytes = 0
    hash = NOTHING_BEFORE
    writing.run('BEGIN IMMEDIATE')
    try {
      removeTriggers(writing)
      note(writing, GENERATION, generation)
      note(writing, TABLES, fingerprint(writing))
      installTriggers(writing)
      writing.run(`DELETE FROM ${OUTBOX}`)
      written = synced = forgotten = lastNumber(writing)
      write([writeHead(head)])
      let lines: string[] = []
      let size = 0
      const put = () => {
        write(lines)
        lines = []
        size = 0
      }
      for (const sql of baseline(writing)) {
        const line = writeLine(hash, 0, sql)
        hash = line.hash
        lines.push(line.text)
        size += line.text.length
        if (size > 1_000_000) put()
      }
      put()
      fsyncSync(file)
      renameSync(temporary, path)
      syncFolder(path)
      writing.run('COMMIT')
    } catch (error) {
      if (writing.inTransaction) writing.run('ROLLBACK')
      rmSync(temporary, { force: true })
      throw error
    }
  }

  /** What stood there belongs to another generation, and is kept. */
  function putAside() {
    const found = inspect(path)
    if (!found) return
    const aside = partPath(folder, found.head)
    truncateSync(path, found.tail.bytes)
    renameSync(path, aside)
    finished(aside)
  }

  /** After each commit. What gathers in one turn of the event loop is written together. */
  function wake() {
    if (scheduled || file < 0) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      if (file >= 0) attempt(drain)
    })
  }

  /** Another program's commits change this number, ours do not. */
  function look() {
    const now = dataVersion()
    if (now !== version) {
      version = now
      wake()
    }
    if (failing || written > synced) wake()
  }

  function drain() {
    fetch()
    if (written > synced || bytes >= partMax) void sync()
  }

  /** From the outbox into the file. */
  function fetch() {
    for (;;) {
      const rows = reading
        .query<{ id: number; sql: string }, [number]>(
          `SELECT id, sql FROM ${OUTBOX} WHERE id > ? ORDER BY id LIMIT ${DRAIN_MAX}`,
        )
        .all(written)
      if (rows.length > 0) append(rows)
      if (rows.length < DRAIN_MAX) break
    }
  }

  /** All of it or nothing: what the disk took only in part is taken back. */
  function append(rows: { id: number; sql: string }[]) {
    let next = hash
    const lines = rows.map(({ id, sql }) => {
      const line = writeLine(next, id, sql)
      next = line.hash
      return line.text
    })
    write(lines)
    hash = next
    written = rows.at(-1)?.id ?? written
  }

  function write(lines: string[]) {
    const block = Buffer.from(lines.join(''))
    let done = 0
    try {
      while (done < block.length) done += writeSync(file, block, done, block.length - done, bytes + done)
    } catch (error) {
      ftruncateSync(file, bytes)
      throw error
    }
    bytes += block.length
  }

  /** One at a time; the thread pool waits for the disk, not the event loop. */
  function sync(): Promise<void> {
    syncing ??= new Promise<void>(resolve => {
      setTimeout(() => {
        const upTo = written
        fdatasync(file, error => {
          syncing = null
          if (error) trouble(error)
          else {
            synced = upTo
            if (bytes >= partMax) attempt(rotate)
            if (written > synced) void sync()
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
    writing.query(`DELETE FROM ${OUTBOX} WHERE id <= ?`).run(synced)
    forgotten = synced
  }

  function rotate() {
    fsyncSync(file)
    synced = written
    closeSync(file)
    const full = partPath(folder, head)
    renameSync(path, full)
    head = { generation: head.generation, part: head.part + 1, previous: hash }
    file = openSync(path, 'w+', 0o600)
    bytes = 0
    write([writeHead(head)])
    syncFolder(path)
    finished(full)
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
      if (file < 0) return
      attempt(() => {
        fetch()
        fsyncSync(file)
        synced = written
        forget()
      })
      closeSync(file)
      file = -1
    },
  }
}

/** Without a log: what the triggers would leave would never be fetched. The next log begins a generation. */
export function stopRecording(writing: Connection) {
  removeTriggers(writing)
  writing.run(`DROP TABLE IF EXISTS ${OUTBOX}`)
  writing.query('DELETE FROM meta WHERE key IN (?, ?)').run(GENERATION, TABLES)
}

function knownOf(connection: Connection, key: string): string | null {
  const [row] = connection.query<{ value: string }, [string]>('SELECT value FROM meta WHERE key = ?').all(key)
  return row?.value ?? null
}

function note(connection: Connection, key: string, value: string) {
  connection.query('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(key, value)
}

function hasOutbox(connection: Connection): boolean {
  return connection.query('SELECT 1 FROM sqlite_schema WHERE name = ?').all(OUTBOX).length > 0
}

/** The last one that the outbox has given out, also when it is empty. */
function lastNumber(connection: Connection): number {
  const [row] = connection
    .query<{ seq: number }, [string]>('SELECT seq FROM sqlite_sequence WHERE name = ?')
    .all(OUTBOX)
  return row?.seq ?? 0
}
