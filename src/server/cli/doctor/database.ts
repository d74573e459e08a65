import { Database as Connection } from 'bun:sqlite'
import { statSync } from 'node:fs'
import { createBackups } from '../../backups/backups.ts'
import { findDamage } from '../../backups/check.ts'
import { inBytes, isDamage } from '../../backups/failures.ts'
import { inspectDatabase } from '../../db/inspect.ts'
import type { Place } from '../place.ts'
import { type Finding, good, note, wrong } from './finding.ts'

const RESTORE = 'Stop the server and bring back the last backup: groupchat backups, then groupchat restore.'
const DAY_MS = 24 * 60 * 60 * 1000

export async function lookAtDatabase(place: Place): Promise<Finding[]> {
  return [...lookAtSchema(place), await lookAtBackups(place)]
}

function lookAtSchema({ database }: Place): Finding[] {
  try {
    const state = inspectDatabase(database)
    if (!state)
      return [note('Database', `There is none at ${database} yet.`, 'The first start makes it: groupchat serve.')]
    return [schemaFinding(state), damageFinding(database)]
  } catch (error) {
    if (!isDamage(error)) throw error
    return [wrong('Database', `${database} is damaged, or no database.`, RESTORE)]
  }
}

function schemaFinding({ schema, pending, unknown }: NonNullable<ReturnType<typeof inspectDatabase>>): Finding {
  if (unknown > 0)
    return wrong(
      'Database',
      'A newer GroupChat has used it; this version would refuse to start.',
      'Start the newer version, or bring back a backup of this one: groupchat backups.',
    )
  if (pending > 0)
    return note(
      'Database',
      `${pending} changes are to be made to its schema; the next start makes them, after a backup.`,
    )
  return good('Database', `The schema is up to date (${schema}).`)
}

function damageFinding(database: string): Finding {
  const connection = new Connection(database, { readonly: true })
  try {
    const damage = findDamage(connection)
    if (damage) return wrong('Integrity', `${damage}.`, RESTORE)
    return good('Integrity', `SQLite finds nothing wrong in ${inBytes(statSync(database).size)}.`)
  } finally {
    connection.close()
  }
}

async function lookAtBackups(place: Place): Promise<Finding> {
  const [newest] = (await createBackups(place).list()).backups
  if (!newest)
    return note('Backups', 'There are none yet.', 'The server makes one a day; groupchat backup makes one now.')
  const days = Math.floor((Date.now() - Date.parse(newest.created_at)) / DAY_MS)
  if (days < 2) return good('Backups', `The newest, ${newest.name}, was checked when it was made.`)
  return wrong(
    'Backups',
    `The newest is ${days} days old.`,
    'Make one now (groupchat backup), and look into the server’s log for why the daily ones fail.',
  )
}
