import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Backup, BackupList, BackupStep } from '../../shared/backups.ts'
import { VERSION } from '../version.ts'
import { lockFolder } from './back-up.ts'
import { BackupError, inWords } from './failures.ts'
import type { Answer, Job } from './job.ts'
import { listBackups, type Manifest, placeOf, presentBackup, readBackup } from './manifest.ts'
import { sweepPartials } from './partial.ts'

const PROCESS = new URL('./process.ts', import.meta.url).pathname
/** How often somebody looks how far the copy is, in milliseconds. */
const LOOK_MS = 10
/** So much of the copy may wait for the disk, in bytes: whoever commits meanwhile waits for all of it. */
const STRIDE = 2 * 1024 * 1024

export type Progress = { started_at: Date; step: BackupStep; share: number }

export type Backups = ReturnType<typeof createBackups>

type Options = { dataDir: string /** The database in use. */; database: string }

/** The folder of backups: has them made, one at a time, and lists those that are complete. */
export function createBackups({ dataDir, database }: Options) {
  const folder = join(dataDir, 'backups')
  let current: { progress: Progress; done: Promise<Backup>; stop: () => void } | null = null
  let failure: BackupList['failure'] = null

  async function make(reason: Manifest['reason'], progress: Progress, stop: AbortSignal): Promise<Backup> {
    const name = await runProcess({ dataDir, database, reason, version: VERSION }, progress, stop)
    const made = await readBackup(placeOf(folder, name))
    if (!made) throw new BackupError('The backup is not there, although it was made. Is somebody else removing it?')
    return presentBackup(made)
  }

  /** Removes what a killed backup has left, unless somebody is making one. */
  function sweep() {
    try {
      const lock = lockFolder(folder)
      sweepPartials(folder)
      lock.release()
    } catch {
      // The next backup does it.
    }
  }

  return {
    folder,
    sweep,

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

    /** How far the one is that is being made for this process; null when there is none. */
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

    /** Gives up on the one that is being made. */
    async close() {
      if (!current) return
      current.stop()
      await current.done.catch(() => {})
      sweep()
    },
  }
}

/**
 * Copying and checking are single calls into SQLite that take seconds. They have a process of their own, not a thread: threads
 * share SQLite's locks and the allocator's, and whoever waits for a thread of low priority waits long on a busy machine.
 */
async function runProcess(job: Job, progress: Progress, stop: AbortSignal): Promise<string> {
  const child = Bun.spawn([process.execPath, '--no-orphans', PROCESS, JSON.stringify(job)], {
    env: {},
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
    signal: stop,
    killSignal: 'SIGKILL',
  })
  let last: Answer | null = null
  let look: ReturnType<typeof watch> | null = null
  try {
    for await (const line of linesOf(child.stdout)) {
      last = JSON.parse(line) as Answer
      if ('growing' in last) look = watch(last.growing, job.database, progress, child)
      else if ('step' in last) Object.assign(progress, { step: last.step, share: 0 })
    }
    await child.exited
  } finally {
    await look?.end()
  }
  if (last && 'done' in last) return last.done
  if (last && 'failed' in last) throw new BackupError(last.failed)
  throw new BackupError(stop.aborted ? 'The backup was given up.' : 'The backup broke off: its process was ended.')
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

/**
 * Follows how the copy grows, and sends it to the disk stride by stride, with pauses of the same length for everybody else:
 * hundreds of megabytes at once would have every commit of the chat wait for them. SQLite cannot be asked to go slower, so
 * its process is stopped meanwhile. That one ends with ours, even while it is stopped.
 */
function watch(growing: string, source: string, progress: Progress, child: Bun.Subprocess) {
  const ending = new AbortController()
  const pause = (ms = LOOK_MS) => setTimeout(ms, undefined, { signal: ending.signal })
  async function look() {
    const total = (await stat(source)).size
    while (progress.step === 'copying') {
      await pause()
      const names = await readdir(growing).catch(() => [])
      // While SQLite copies, a journal that stays empty lies beside it.
      const name = names.find(each => !each.endsWith('-journal'))
      if (name) await follow(join(growing, name), total)
    }
  }
  async function follow(path: string, total: number) {
    const file = await open(path, 'r')
    let synced = 0
    try {
      while (progress.step === 'copying') {
        const { size } = await file.stat()
        progress.share = Math.min(1, size / total)
        if (size - synced >= STRIDE) {
          child.kill('SIGSTOP')
          const begun = performance.now()
          await file.datasync()
          await pause(performance.now() - begun)
          child.kill('SIGCONT')
          synced = size
        }
        await pause()
      }
    } finally {
      child.kill('SIGCONT')
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
