import { Command } from 'commander'
import { createBackups } from '../backups/backups.ts'
import { backUpBeforeUpdate } from '../backups/before-update.ts'
import { inspectDatabase } from '../db/inspect.ts'
import { openDatabase } from '../db/open.ts'
import { alone, findPlace } from './place.ts'

export function serverCommands(): Command[] {
  return [
    new Command('serve')
      .description('Install and build what is missing, bring the database up to date, and serve (bun run start)')
      .action(serve),
    new Command('migrate')
      .description('Bring the database up to date, after a backup; make one where there is none')
      .action(migrate),
  ]
}

async function serve() {
  await import('../start.ts')
}

async function migrate() {
  const place = findPlace()
  await alone(place, async () => {
    const before = inspectDatabase(place.database)
    const backups = createBackups(place)
    await backUpBeforeUpdate(backups, before, { info: words => console.error(words) })
    const db = await openDatabase(place.env.DATABASE_URL, place.dataDir, {
      sqlLog: place.env.SQL_LOG,
      trouble: error => console.error('The SQL log has trouble:', error),
    })
    await db.close()
    const { schema } = inspectDatabase(place.database) ?? {}
    if (!before) console.log(`Made ${place.database} (${schema}).`)
    else if (before.pending === 0) console.log(`The database is up to date (${schema}).`)
    else console.log(`Brought up to date: from ${before.schema} to ${schema}.`)
  })
}
