import { mkdirSync } from 'node:fs'
import { open, readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Backup, BackupList, BackupStep } from '../../shared/backups.ts'
import { type Lock, takeLock } from '../lock.ts'
import { VERSION } from '../version.ts'
import { type CopyJob, GROWING } from './copy.ts'
import { BackupError, inBytes, inWords } from './failures.ts'
import { superfluous } from './keep.ts'
import { listBackups, type Manifest, placeOf, presentBackup, readBackup, stampOf } from './manifest.ts'
import { discard, partialOf, sweepPartials } from './partial.ts'
import type { Answer } from './worker.ts'

/** How often somebody looks how far the copy is, in milliseconds. */
const LOOK_MS = 100
/** What a backup leaves free on the disk, in bytes: the chat goes on writing. */
const RESERVE = 16 * 1024 * 1024

export type Progress = { started_at: Date; step: BackupStep; share: number }

export type Backups = ReturnType<typeof createBackups>

type Options = { dataDir: string /** The database in use. */; database: string }

/** The folder of backups: makes them, one at a time, keeps the right ones and lists those that are complete. */
export function createBackups({ dataDir, database }: Options) {
  const folder = join(dataDir, 'backups')
  let current: { progress: Progress; done: Promise<Backup>; stop: () => void } | null = null
  let failure: BackupList['failure'] = null

  async function make(reason: Manifest['reason'], progress: Progress, stop: AbortSignal): Promise<Backup> {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const lock = lockFolder(folder)
    try {
      sweepPartials(folder)
      await requireRoom(folder, database)
      const place = placeOf(folder, await freeName(folder, progress.started_at))
      const uploads = join(dataDir, 'uploads')
      await runWorker({ source: database, uploads, folder, place, reason, version: VERSION }, progress, stop)
      const made = await readBackup(place)
      if (!made) throw new BackupError('The backup is not there, although it was made. Is somebody else removing it?')
      for (const old of superfluous(await listBackups(folder), Date.now())) discard(folder, old.place)
      return presentBackup(made)
    } finally {
      lock.release()
    }
  }

  return {
    folder,

    /** Makes one, or joins the one that is being made. Rejects with a `BackupError`, and has then left nothing behind. */
    run(reason: Manifest['reason']): Promise<Backup> {
      if (current) return current.done
      const stopping = new AbortController()
      const progress: Progress = { started_at: new Date(), step: 'copying', share: 0 }
      const done = make(reason, progress, stopping.signal)
        .then(backup => {
          failure = null
          return backup
        })
        .catch(error => {
          const message = inWords(error)
          failure = { at: new Date().toISOString(), message }
          throw error instanceof BackupError ? error : new BackupError(message, { cause: error })
        })
        .finally(() => {
          current = null
        })
      current = { progress, done, stop: () => stopping.abort() }
      return done
    },

    /** How far the one is that is being made in this process; null when there is none. */
    underway: (): Progress | null => current?.progress ?? null,

    async list(): Promise<BackupList> {
      const backups = (await listBackups(folder)).map(presentBackup)
      const progress = current?.progress
      return {
        backups,
        underway: progress ? { ...progress, started_at: progress.started_at.toISOString() } : null,
        failure,
      }
    },

    /** Removes what a killed backup has left, unless somebody is making one. */
    sweep() {
      try {
        const lock = lockFolder(folder)
        sweepPartials(folder)
        lock.release()
      } catch {
        // The next backup does it.
      }
    },

    /** Gives up on the one that is being made. */
    async close() {
      current?.stop()
      await current?.done.catch(() => {})
    },
  }
}

function lockFolder(folder: string): Lock {
  return takeLock(
    join(folder, '.lock'),
    holder => `Another backup is being made${holder}. Wait until it is done and try again.`,
  )
}

async function requireRoom(folder: string, database: string) {
  const { bavail, bsize } = await statfs(folder)
  const { size } = await stat(database)
  const free = bavail * bsize
  if (free < size + RESERVE)
    throw new BackupError(
      `There is not enough room for a backup: it takes up to ${inBytes(size)}, and ${inBytes(free)} are free. Make room where the backups are kept and try again.`,
    )
}

async function freeName(folder: string, at: Date): Promise<string> {
  const taken = new Set(await readdir(folder))
  const name = `groupchat-${stampOf(at)}`
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name}-${n}`
    if (![`${candidate}.db`, `${candidate}.json`, `${candidate}.uploads`].some(file => taken.has(file)))
      return candidate
  }
}

/** Copies and checks in a worker: both are single calls into SQLite, for seconds. */
async function runWorker(job: CopyJob, progress: Progress, stop: AbortSignal): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url).href, { env: {}, smol: true })
  const look = watch(job, progress)
  const answer = Promise.withResolvers<void>()
  const give = () => answer.reject(new BackupError('The backup was given up.'))
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    if ('step' in data) Object.assign(progress, { step: data.step, share: 0 })
    else if ('failed' in data) answer.reject(new BackupError(data.failed))
    else answer.resolve()
  }
  worker.onerror = event => {
    event.preventDefault()
    answer.reject(new BackupError(`The backup broke off: ${event.message}`))
  }
  worker.addEventListener('close', () => answer.reject(new BackupError('The backup broke off.')))
  stop.addEventListener('abort', give)
  try {
    worker.postMessage(job)
    await answer.promise
  } finally {
    await look.end()
    worker.terminate()
  }
}

/**
 * Follows how the copy grows, and sends what has come to the disk bit by bit: hundreds of megabytes at once would have every
 * commit of the chat wait for them.
 */
function watch({ source, folder, place }: CopyJob, progress: Progress) {
  const growing = join(partialOf(folder, place), GROWING)
  const ending = new AbortController()
  const pause = () => setTimeout(LOOK_MS, undefined, { signal: ending.signal })
  async function look() {
    const total = (await stat(source)).size
    while (progress.step === 'copying') {
      await pause()
      const [name] = await readdir(growing).catch(() => [])
      if (name) await follow(join(growing, name), total)
    }
  }
  async function follow(path: string, total: number) {
    const file = await open(path, 'r')
    try {
      while (progress.step === 'copying') {
        await file.datasync()
        progress.share = Math.min(1, (await file.stat()).size / total)
        await pause()
      }
    } finally {
      await file.close()
    }
  }
  const looking = look().catch(() => {})
  return {
    async end() {
      ending.abort()
      await looking
    },
  }
}
