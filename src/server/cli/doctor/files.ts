import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { inBytes } from '../../backups/failures.ts'
import type { Place } from '../place.ts'
import { type Finding, good, note, wrong } from './finding.ts'

/** Below this the next pictures and backups may not fit. */
const ROOM = 500_000_000
/** For the group, for others: to read or to write. */
const NOT_OWNER = 0o077

export function lookAtFiles(place: Place): Finding[] {
  const dataDir = resolve(place.dataDir)
  if (!existsSync(dataDir))
    return [note('Data folder', `${dataDir} is not there yet.`, 'The first start makes it. Is DATA_DIR right?')]
  return [
    lookAtFolder(dataDir),
    ...lookAtModes(dataDir, place.database),
    lookAtRoom(dataDir, place.database),
    lookAtClient(place),
  ]
}

function lookAtFolder(dataDir: string): Finding {
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
    return good('Data folder', `${dataDir} can be read and written.`)
  } catch {
    return wrong(
      'Data folder',
      `${dataDir} cannot be read and written by this user.`,
      'Give it to the user that GroupChat runs as: chown -R.',
    )
  }
}

function lookAtModes(dataDir: string, database: string): Finding[] {
  const secrets = [database, ...['.jwt-secret', 'backups', 'backup.sql', 'uploads'].map(name => join(dataDir, name))]
  const open = secrets.filter(path => existsSync(path) && statSync(path).mode & NOT_OWNER)
  // Within a folder that is closed itself nobody else gets at them.
  if (open.length === 0 || !(statSync(dataDir).mode & NOT_OWNER))
    return [good('Permissions', 'What is secret is its owner’s alone.')]
  return open.map(path => wrong('Permissions', `Others on this machine may get at ${path}.`, `chmod go= ${path}`))
}

function lookAtRoom(dataDir: string, database: string): Finding {
  const { bavail, bsize } = statfsSync(dataDir)
  const free = bavail * bsize
  const size = existsSync(database) ? statSync(database).size : 0
  if (free > Math.max(ROOM, 2 * size)) return good('Disk', `${inBytes(free)} are free.`)
  return wrong(
    'Disk',
    `${inBytes(free)} are free, with a database of ${inBytes(size)}.`,
    'Make room: without it messages are refused and backups fail. Old ones lie in backups/.',
  )
}

function lookAtClient({ env }: Place): Finding {
  if (existsSync(join(env.STATIC_DIR, 'index.html'))) return good('Page', `The built page is in ${env.STATIC_DIR}.`)
  return note('Page', `There is no built page in ${env.STATIC_DIR}.`, 'groupchat serve (bun run start) builds it.')
}
