import { Database as Connection } from 'bun:sqlite'
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BackupStep } from '../../shared/backups.ts'
import { schemaState } from '../db/migrate.ts'
import { ordinaryTables, quoted } from '../db/tables.ts'
import { countRows, findDamage, sha256Of } from './check.ts'
import { BackupError } from './failures.ts'
import { Manifest, type Place, placeOf } from './manifest.ts'
import { finish, openPartial } from './partial.ts'
import { dropOthers, picturesIn, sharePictures } from './pictures.ts'
import { syncPath } from './sync.ts'

export type CopyJob = {
  /** The database in use. */
  source: string
  /** The pictures in use. */
  uploads: string
  /** Where backups are kept, and what this one is called there. */
  folder: string
  place: Place
  reason: Manifest['reason']
  version: string
}

/** Within a folder that is not a backup yet: where the copy grows, under a name that tells how many rows it has to have. */
export const GROWING = 'growing'
/** Longer file names are refused by file systems. */
const NAME_MAX = 200

/**
 * Makes one backup: copied, checked, on disk, and only then in its place. Takes as long as it takes, so it has a process of its own.
 * Nobody else may be at it in the same folder.
 */
export function makeBackup(job: CopyJob, tell: (step: BackupStep) => void) {
  const partial = openPartial(job.folder, job.place)
  try {
    make(job, partial, tell)
    finish(partial, job.folder, job.place)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw error
  }
}

function make({ source, uploads, place, reason, version }: CopyJob, partial: string, tell: (step: BackupStep) => void) {
  const made = placeOf(partial, place.name)
  tell('copying')
  // Pictures first: what is deleted while the database is being copied is still named in the copy.
  sharePictures(uploads, made.pictures, readPictures(source))
  const created_at = new Date()
  const counted = copyDatabase(source, join(partial, GROWING), made.database)

  tell('checking')
  const copy = new Connection(made.database, { readonly: true })
  let checked: Pick<Manifest, 'rows' | 'schema'>
  let paths: string[]
  try {
    checked = { rows: checkCopy(copy, counted), schema: schemaState(copy).schema }
    paths = picturesIn(copy)
  } finally {
    copy.close()
  }
  const sha256 = sha256Of(made.database)

  tell('pictures')
  const pictures = sharePictures(uploads, made.pictures, paths)
  dropOthers(made.pictures, paths)
  const manifest: Manifest = {
    format: 1,
    version,
    reason,
    created_at: created_at.toISOString(),
    verified_at: new Date().toISOString(),
    ...checked,
    database: { bytes: statSync(made.database).size, sha256 },
    pictures,
  }
  writeFileSync(made.manifest, `${JSON.stringify(Manifest.parse(manifest), null, 2)}\n`, { mode: 0o600 })
  syncPath(made.manifest)
  for (const entry of readdirSync(made.pictures)) syncPath(join(made.pictures, entry))
  syncPath(made.pictures)
}

function readPictures(source: string): string[] {
  const connection = new Connection(source, { readonly: true })
  try {
    return picturesIn(connection)
  } finally {
    connection.close()
  }
}

/**
 * Copies the database as it is at one moment, and tells how many rows each table has at that very moment: the counts are
 * part of the statement that copies, so they are read in its transaction, whatever is written meanwhile. They come back as
 * the name of the file, because a statement that writes a database has no other answer.
 */
function copyDatabase(source: string, folder: string, database: string): string {
  mkdirSync(folder, { mode: 0o700 })
  const connection = new Connection(source, { readonly: true })
  try {
    connection.run('PRAGMA busy_timeout = 5000')
    connection.run(`VACUUM INTO (SELECT ${literal(`${folder}/`)} || ${counts(connection)})`)
  } finally {
    connection.close()
  }
  checkpoint(source)
  const [counted = ''] = readdirSync(folder)
  chmodSync(join(folder, counted), 0o600)
  syncPath(join(folder, counted))
  renameSync(join(folder, counted), database)
  return counted
}

/**
 * Nothing that was written during the copy could go from the write-ahead log into the database, because the copy still read
 * it. The next commit would have to carry all of it over at once, and everybody would wait; so it is done here.
 */
function checkpoint(source: string) {
  const connection = new Connection(source, { readwrite: true, create: false })
  try {
    connection.run('PRAGMA wal_checkpoint(PASSIVE)')
  } finally {
    connection.close()
  }
}

/** `12-0-1f`: the rows of each table in hexadecimal, in the order of their names. */
function counts(connection: Connection): string {
  const tables = ordinaryTables(connection)
  const each = tables.map(name => `printf('%x', (SELECT count(*) FROM ${quoted(name)}))`)
  return `substr(${["'rows'", ...each].join(` || '-' || `)}, 1, ${NAME_MAX})`
}

function checkCopy(copy: Connection, counted: string): Manifest['rows'] {
  const damage = findDamage(copy)
  if (damage) throw new BackupError(`The copy was thrown away, because the database is damaged: ${damage}.`)
  const rows = countRows(copy)
  const name = ['rows', ...Object.values(rows).map(n => n.toString(16))].join('-').slice(0, NAME_MAX)
  if (name !== counted) throw new BackupError('The copy was thrown away, because rows are missing in it.')
  return rows
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
