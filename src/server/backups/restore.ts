import { Database as Connection } from 'bun:sqlite'
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { NewerDatabaseError, schemaState } from '../db/migrate.ts'
import { findDamage, sha256Of } from './check.ts'
import { BackupError, inBytes, isDamage } from './failures.ts'
import { type Manifest, type Place, placeOf, readManifest, stampOf } from './manifest.ts'
import { filesUnder, picturesIn, shareFile, sharePictures } from './pictures.ts'
import { syncPath } from './sync.ts'

export type RestoreStep = 'checking' | 'pictures' | 'putting aside'

type RestoreJob = {
  dataDir: string
  /** The database that is to be replaced. */
  database: string
  /** The database of a backup, by its name in the folder of backups or by its path. */
  file: string
}

export type Restored = {
  name: string
  /** Null for a copy without one: it was checked all the same. */
  manifest: Manifest | null
  pictures: { files: number; bytes: number; missing: number }
  /** Where what was there before lies now; null where there was nothing. */
  aside: string | null
}

const COMPANIONS = ['-wal', '-shm', '-journal']

/**
 * Brings a backup back. Only while no server runs on the folder: the caller holds its lock. What is there now is put aside as
 * a backup of its own, never deleted, and a crash at any moment leaves either the old database or the new one.
 */
export function restore({ dataDir, database, file }: RestoreJob, tell: (step: RestoreStep) => void): Restored {
  const place = findBackup(dataDir, file)
  const manifest = readManifest(place)
  requireRoom(dirname(database), place)
  const coming = `${database}.restoring`
  removeDatabase(coming)
  try {
    tell('checking')
    if (manifest && sha256Of(place.database) !== manifest.database.sha256)
      throw new BackupError(`${place.name} is not as it was made: its checksum differs. Choose another one.`)
    const paths = prepare(place, coming)
    tell('putting aside')
    const aside = putAside(dataDir, database)
    tell('pictures')
    const pictures = sharePictures(place.pictures, join(dataDir, 'uploads'), paths)
    replace(database, coming)
    return { name: place.name, manifest, pictures, aside }
  } catch (error) {
    removeDatabase(coming)
    throw error
  }
}

function findBackup(dataDir: string, file: string): Place {
  const bare = file.replace(/\.db$/, '')
  const kept = placeOf(join(dataDir, 'backups'), basename(bare))
  const given = placeOf(dirname(resolve(bare)), basename(bare))
  const found = [given, ...(bare === basename(bare) ? [kept] : [])].find(place => existsSync(place.database))
  if (!found) throw new BackupError(`There is no backup ${file}. groupchat backups lists those there are.`)
  return found
}

function requireRoom(folder: string, place: Place) {
  const { bavail, bsize } = statfsSync(folder)
  const needed = statSync(place.database).size
  if (bavail * bsize < needed)
    throw new BackupError(
      `There is not enough room: the backup takes ${inBytes(needed)}, and ${inBytes(bavail * bsize)} are free.`,
    )
}

/** A copy that is whole and of this program, with an epoch of its own. Returns the pictures that it names. */
function prepare(place: Place, coming: string): string[] {
  copyFileSync(place.database, coming)
  // A database that was put aside may have its latest changes beside it.
  if (existsSync(`${place.database}-wal`)) copyFileSync(`${place.database}-wal`, `${coming}-wal`)
  chmodSync(coming, 0o600)
  const connection = new Connection(coming, { readwrite: true })
  try {
    connection.run('PRAGMA journal_mode = DELETE')
    requireOwn(connection, place)
    const paths = picturesIn(connection)
    begin(connection)
    return paths
  } catch (error) {
    throw isDamage(error) ? new BackupError(`${place.name} is damaged (${error}). Choose another one.`) : error
  } finally {
    connection.close()
    syncPath(coming)
  }
}

function requireOwn(connection: Connection, { name }: Place) {
  const damage = findDamage(connection)
  if (damage) throw new BackupError(`${name} is damaged: ${damage}. Choose another one.`)
  const { schema, unknown } = schemaState(connection)
  if (unknown > 0) throw new NewerDatabaseError(unknown)
  if (schema === null) throw new BackupError(`${name} is not a database of GroupChat.`)
}

/** Event ids of before mean nothing any more, so whoever comes with one loads afresh; and the SQL log begins anew. */
function begin(connection: Connection) {
  connection.run('BEGIN IMMEDIATE')
  connection.run("DELETE FROM meta WHERE key LIKE 'sql\\_log%' ESCAPE '\\'")
  connection.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('epoch', ?)", [crypto.randomUUID().slice(0, 8)])
  connection.run('COMMIT')
}

/** What is there now, as a backup that can be brought back the same way. */
function putAside(dataDir: string, database: string): string | null {
  if (!existsSync(database)) return null
  const folder = join(dataDir, 'backups')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const aside = freePlace(folder, `before-restore-${stampOf(new Date())}`)
  const uploads = join(dataDir, 'uploads')
  sharePictures(uploads, aside.pictures, filesUnder(uploads))
  settle(database, `${aside.database}-wal`)
  shareFile(database, aside.database)
  syncPath(folder)
  return aside.database
}

/**
 * Brings what is still in the write-ahead log into the file. Where the file is too damaged for that, SQLite may remove the
 * log, so a copy of it is kept at `aside` then.
 */
function settle(database: string, aside: string) {
  const log = `${database}-wal`
  if (existsSync(log)) copyFileSync(log, aside)
  try {
    const connection = new Connection(database, { readwrite: true })
    try {
      connection.run('PRAGMA wal_checkpoint(TRUNCATE)')
    } finally {
      connection.close()
    }
    rmSync(aside, { force: true })
  } catch (error) {
    if (!isDamage(error)) throw error
  }
}

function freePlace(folder: string, name: string): Place {
  for (let n = 1; ; n++) {
    const place = placeOf(folder, n === 1 ? name : `${name}-${n}`)
    if (!existsSync(place.database)) return place
  }
}

function replace(database: string, coming: string) {
  for (const companion of COMPANIONS) rmSync(`${database}${companion}`, { force: true })
  renameSync(coming, database)
  syncPath(dirname(database))
}

function removeDatabase(path: string) {
  for (const companion of ['', ...COMPANIONS]) rmSync(`${path}${companion}`, { force: true })
}
