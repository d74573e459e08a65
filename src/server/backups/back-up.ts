import { existsSync, mkdirSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Lock, takeLock } from '../lock.ts'
import { GROWING, makeBackup } from './copy.ts'
import { BackupError, inBytes } from './failures.ts'
import type { Answer, Job } from './job.ts'
import { superfluous } from './keep.ts'
import { listBackups, type Place, placeOf, stampOf } from './manifest.ts'
import { discard, partialOf, sweepPartials } from './partial.ts'

/** What a backup leaves free on the disk, in bytes: the chat goes on writing. */
const RESERVE = 16 * 1024 * 1024

/** Makes one backup and removes those that are too many, while nobody else is at it. Returns its name. */
export async function backUp({ dataDir, database, reason, version }: Job, tell: (answer: Answer) => void) {
  const folder = join(dataDir, 'backups')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = lockFolder(folder)
  try {
    sweepPartials(folder)
    requireRoom(folder, database)
    const place = freePlace(folder, new Date())
    tell({ growing: join(partialOf(folder, place), GROWING) })
    const job = { source: database, uploads: join(dataDir, 'uploads'), folder, place, reason, version }
    makeBackup(job, step => tell({ step }))
    const old = superfluous(await listBackups(folder), Date.now()).filter(({ place: { name } }) => name !== place.name)
    for (const { place } of old) discard(folder, place)
    return place.name
  } finally {
    lock.release()
  }
}

/** Whoever holds it makes backups, removes them and sweeps. */
export function lockFolder(folder: string): Lock {
  const words = (holder: string) => `Another backup is being made${holder}. Wait until it is done and try again.`
  return takeLock(join(folder, '.lock'), words)
}

function requireRoom(folder: string, database: string) {
  const { bavail, bsize } = statfsSync(folder)
  const { size } = statSync(database)
  const free = bavail * bsize
  if (free < size + RESERVE)
    throw new BackupError(
      `There is not enough room for a backup: it takes up to ${inBytes(size)}, and ${inBytes(free)} are free. Make room where the backups are kept and try again.`,
    )
}

function freePlace(folder: string, at: Date): Place {
  for (let n = 1; ; n++) {
    const place = placeOf(folder, `groupchat-${stampOf(at)}${n === 1 ? '' : `-${n}`}`)
    if (![place.database, place.manifest, place.pictures].some(existsSync)) return place
  }
}
