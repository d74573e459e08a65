import { readFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Backup } from '../../shared/backups.ts'

/** What is known of a backup, beside it as JSON. */
export const Manifest = z.object({
  format: z.literal(1),
  /** Of the program that made it. */
  version: z.string(),
  reason: z.enum(['daily', 'by hand', 'before an update']),
  /** The moment that the copy shows … */
  created_at: z.iso.datetime(),
  /** … and when it was found to be whole. */
  verified_at: z.iso.datetime(),
  /** The newest migration that had been applied. */
  schema: z.string().nullable(),
  database: z.object({ bytes: z.int(), sha256: z.string().regex(/^[\da-f]{64}$/) }),
  /** Of every ordinary table; the same in the copy and in what it was made of. */
  rows: z.record(z.string(), z.int()),
  /** `missing`: rows name them, and no such file was there. */
  pictures: z.object({ files: z.int(), bytes: z.int(), missing: z.int() }),
})
export type Manifest = z.infer<typeof Manifest>

/** Where the parts of a backup lie. */
export type Place = { name: string; database: string; pictures: string; manifest: string }

const NAME = /^groupchat-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d+)?$/

export function placeOf(folder: string, name: string): Place {
  const base = join(folder, name)
  return { name, database: `${base}.db`, pictures: `${base}.uploads`, manifest: `${base}.json` }
}

/** `2026-11-20T09-30-00Z`: no colons, which some file systems refuse. */
export function stampOf(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`
}

export type Listed = { place: Place; manifest: Manifest }

/** The backups that are complete, newest first. What a killed one left is not among them. */
export async function listBackups(folder: string): Promise<Listed[]> {
  const files = await readdir(folder).catch(() => [])
  const names = files.filter(file => file.endsWith('.json')).map(file => file.slice(0, -'.json'.length))
  const found = await Promise.all(names.filter(name => NAME.test(name)).map(name => readBackup(placeOf(folder, name))))
  return found.filter(each => each !== null).sort((one, other) => timeOf(other) - timeOf(one) || byName(other, one))
}

/** Null where there is none that can be read. */
export function readManifest(place: Place): Manifest | null {
  try {
    return Manifest.parse(JSON.parse(readFileSync(place.manifest, 'utf8')))
  } catch {
    return null
  }
}

/** Null where something of it is missing. */
export async function readBackup(place: Place): Promise<Listed | null> {
  const manifest = readManifest(place)
  if (!manifest) return null
  try {
    const { size } = await stat(place.database)
    if (size !== manifest.database.bytes) return null
    if (manifest.pictures.files > 0) await stat(place.pictures)
    return { place, manifest }
  } catch {
    return null
  }
}

export function timeOf({ manifest }: Listed): number {
  return Date.parse(manifest.created_at)
}

function byName(one: Listed, other: Listed): number {
  return one.place.name.localeCompare(other.place.name, 'en', { numeric: true })
}

/** As an admin sees it. */
export function presentBackup({ place, manifest }: Listed): Backup {
  const { created_at, verified_at, reason, version, database, pictures, rows } = manifest
  return {
    name: place.name,
    created_at,
    verified_at,
    reason,
    version,
    database_bytes: database.bytes,
    pictures: pictures.files,
    picture_bytes: pictures.bytes,
    messages: rows.messages ?? 0,
  }
}
