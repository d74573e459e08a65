import { Database as Connection } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { holderOfDataDir } from '../../lock.ts'
import { VERSION } from '../../version.ts'
import type { Place } from '../place.ts'
import { type Finding, good, note, wrong } from './finding.ts'

const MINUTE_MS = 60_000
const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]'])

export function lookAtProgram({ dataDir }: Place): Finding[] {
  const about = `GroupChat ${VERSION} on Bun ${Bun.version}`
  const bun = Bun.semver.satisfies(Bun.version, '>=1.4.4')
    ? good('Program', `${about}.`)
    : wrong('Program', `${about}.`, 'Bun 1.4.4 or newer is needed.')
  return [bun, ...(existsSync(dataDir) ? [lookAtServer(dataDir)] : [])]
}

function lookAtServer(dataDir: string): Finding {
  const holder = holderOfDataDir(dataDir)
  if (!holder) return note('Server', 'None is running on this folder.')
  return good('Server', `One is running${holder.pid ? ` (process ${holder.pid})` : ''}.`)
}

export function lookAtAddress({ env }: Place): Finding[] {
  const { protocol, hostname, pathname } = new URL(env.PUBLIC_URL)
  const about = 'PUBLIC_URL'
  if (pathname !== '/')
    return [
      wrong(about, `${env.PUBLIC_URL} has a path.`, 'GroupChat answers at the root of a host: leave the path out.'),
    ]
  if (LOCAL.has(hostname))
    return [
      note(
        about,
        `${env.PUBLIC_URL} is for this machine only.`,
        'If others use it: set PUBLIC_URL to their address, or links in invites lead them nowhere.',
      ),
    ]
  if (protocol === 'http:')
    return [
      wrong(
        about,
        `${env.PUBLIC_URL} is not encrypted: passwords travel in the open.`,
        'Put a proxy that speaks https in front, and set PUBLIC_URL to the https address.',
      ),
    ]
  return [good(about, `${env.PUBLIC_URL}.`)]
}

/** Messages from the future say that the clock has been set back, or was wrong when they were written. */
export function lookAtClock({ database }: Place): Finding[] {
  const now = Date.now()
  if (!existsSync(database)) return [good('Clock', `It says ${new Date(now).toISOString()}.`)]
  const connection = new Connection(database, { readonly: true })
  try {
    const [[newest] = []] = connection.query('SELECT max(created_at) FROM events').values()
    const ahead = Number(newest ?? 0) - now
    if (ahead < MINUTE_MS) return [good('Clock', `It says ${new Date(now).toISOString()}.`)]
    return [
      wrong(
        'Clock',
        `It is ${Math.ceil(ahead / MINUTE_MS)} minutes behind the newest message.`,
        'Let the machine set its clock by the network (timedatectl set-ntp true).',
      ),
    ]
  } catch {
    // Damaged, or of before there were events: the database has a finding of its own.
    return []
  } finally {
    connection.close()
  }
}
