import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Place, placeOf } from './manifest.ts'
import { syncPath } from './sync.ts'

const PREFIX = '.partial-'

export function partialOf(folder: string, place: Place): string {
  return join(folder, `${PREFIX}${place.name}`)
}

/** What is not a backup yet, or not any more, lies in a folder that says so and is removed whenever it is found. */
export function openPartial(folder: string, place: Place): string {
  const partial = partialOf(folder, place)
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { mode: 0o700 })
  writeFileSync(join(partial, 'name'), place.name, { mode: 0o600 })
  return partial
}

/** Puts the parts where they belong. The database comes last: without it, the others are nothing. */
export function finish(partial: string, folder: string, place: Place) {
  const made = placeOf(partial, place.name)
  renameSync(made.manifest, place.manifest)
  renameSync(made.pictures, place.pictures)
  renameSync(made.database, place.database)
  syncPath(folder)
  rmSync(partial, { recursive: true, force: true })
}

/** Removes a backup, so that a crash at any moment leaves either all of it or what is swept. */
export function discard(folder: string, place: Place) {
  const partial = openPartial(folder, place)
  renameSync(place.database, placeOf(partial, place.name).database)
  sweepOne(folder, partial)
}

/** Removes what killed backups have left. Call it only while nobody else makes one. */
export function sweepPartials(folder: string): number {
  if (!existsSync(folder)) return 0
  const found = readdirSync(folder).filter(name => name.startsWith(PREFIX))
  for (const name of found) sweepOne(folder, join(folder, name))
  return found.length
}

function sweepOne(folder: string, partial: string) {
  const name = join(partial, 'name')
  const place = existsSync(name) ? placeOf(folder, readFileSync(name, 'utf8')) : null
  if (place?.name && !existsSync(place.database)) {
    rmSync(place.pictures, { recursive: true, force: true })
    rmSync(place.manifest, { force: true })
  }
  rmSync(partial, { recursive: true, force: true })
}
