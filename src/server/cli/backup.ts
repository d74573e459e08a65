import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { Command } from 'commander'
import type { Backup, BackupStep } from '../../shared/backups.ts'
import { type Backups, createBackups } from '../backups/backups.ts'
import { inBytes } from '../backups/failures.ts'
import { type RestoreStep, restore } from '../backups/restore.ts'
import { alone, findPlace, requireDatabase } from './place.ts'
import { columns, createProgress, moment, percent, print } from './terminal.ts'

type Format = { json?: boolean }

const STEPS: Record<BackupStep, string> = {
  copying: 'Copying the database …',
  checking: 'Checking the copy …',
  pictures: 'Adding the pictures …',
}
const RESTORE_STEPS: Record<RestoreStep, string> = {
  checking: 'Checking the backup …',
  'putting aside': 'Putting aside what is there …',
  pictures: 'Bringing the pictures back …',
}

export function backupCommands(from: string): Command[] {
  return [
    new Command('backup')
      .description('Make a backup of the database and its pictures, and check it; also while the server runs')
      .option('--json', 'print what was made as JSON')
      .action(backup),
    new Command('backups')
      .description('List the backups, newest first')
      .option('--json', 'print them as JSON')
      .action(list),
    new Command('restore')
      .description('Bring a backup back; not while the server runs. What is there now is put aside, not deleted')
      .argument('<file>', 'the name of a backup as `groupchat backups` lists it, or the path of its .db file')
      .option('--json', 'print what was done as JSON')
      .action((file: string, format: Format) => bringBack(from, file, format)),
  ]
}

async function backup(format: Format) {
  const place = findPlace()
  requireDatabase(place)
  const made = await followed(createBackups(place))
  const text = `Backed up and checked: ${join(place.dataDir, 'backups', `${made.name}.db`)} (${sizeOf(made)}).`
  print({ json: made, text }, format)
}

async function followed(backups: Backups): Promise<Backup> {
  const progress = createProgress()
  const timer = setInterval(() => {
    const underway = backups.underway()
    if (underway) progress.say(`${STEPS[underway.step]}${underway.share ? ` ${percent(underway.share)}` : ''}`)
  }, 100)
  try {
    return await backups.run('by hand')
  } finally {
    clearInterval(timer)
    progress.end()
  }
}

async function list(format: Format) {
  const { backups } = await createBackups(findPlace()).list()
  const head = ['NAME', 'MADE', 'WHY', 'DATABASE', 'PICTURES', 'MESSAGES', 'BY']
  const rows = backups.map(each => [
    each.name,
    moment(each.created_at),
    each.reason,
    inBytes(each.database_bytes),
    `${each.pictures} (${inBytes(each.picture_bytes)})`,
    String(each.messages),
    each.version,
  ])
  const text = rows.length > 0 ? columns([head, ...rows]) : 'There are no backups yet. groupchat backup makes one.'
  print({ json: backups, text }, format)
}

async function bringBack(from: string, file: string, format: Format) {
  const place = findPlace()
  const typed = isAbsolute(file) ? file : join(from, file)
  const given = existsSync(typed) ? typed : file
  await alone(place, async () => {
    const progress = createProgress()
    const restored = restore({ ...place, file: given }, step => progress.say(RESTORE_STEPS[step]))
    progress.end()
    const { name, manifest, pictures, aside } = restored
    const lines = [
      `${name} is back${manifest ? `, as it was on ${moment(manifest.created_at)}` : ''}, with ${pictures.files} pictures.`,
      ...(manifest ? [] : ['It has no manifest beside it; the database was checked, its checksum could not be.']),
      ...(pictures.missing > 0 ? [`${pictures.missing} pictures are missing in it.`] : []),
      ...(aside ? [`What was there before is kept as ${aside}; delete it when you are sure.`] : []),
    ]
    print({ json: { name, pictures, aside, created_at: manifest?.created_at ?? null }, text: lines.join('\n') }, format)
  })
}

function sizeOf({ database_bytes, pictures, picture_bytes }: Backup): string {
  return `${inBytes(database_bytes)}${pictures > 0 ? `, ${pictures} pictures of ${inBytes(picture_bytes)}` : ''}`
}
