import { isAbsolute, join, resolve } from 'node:path'
import { Command } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { verifyWithDatabase } from '../record/expected.ts'
import { ReplayError, replayLog } from '../record/replay.ts'
import type { Verdict } from '../record/verify.ts'
import { findPlace } from './place.ts'
import { Refusal } from './refusal.ts'
import { columns, createProgress, print } from './terminal.ts'

type Format = { json?: boolean }

/** Looks after the SQL log; also while the server runs. */
export function logCommands(from: string): Command {
  return new Command('log')
    .description('The SQL log: every change that was ever committed, in order')
    .addCommand(
      new Command('verify')
        .description('Check that no line of it was changed, and that none is missing')
        .option('--json', 'print the verdict as JSON')
        .action(verify),
    )
    .addCommand(
      new Command('replay')
        .description('Make a database out of it')
        .argument('<file>', 'where the database goes; a file that is not there yet')
        .option('--json', 'print what was made as JSON')
        .action((file: string, format: Format) => replay(from, file, format)),
    )
}

async function verify(format: Format) {
  const { dataDir, database } = findPlace()
  const verdict = await verifyWithDatabase(dataDir, database)
  if (verdict.files === 0 && verdict.problems.length === 0)
    throw new Refusal(`There is no SQL log in ${resolve(dataDir)}. Is SQL_LOG off?`)
  print({ json: verdict, text: wordsOf(verdict) }, format)
  if (verdict.problems.length > 0) process.exitCode = EXIT.problem
}

function wordsOf({ files, generations, lines, torn, problems }: Verdict): string {
  const amount = `${lines} lines in ${files} files and ${generations} generations`
  const end = torn ? ['The last line was torn off by a crash; the next start writes it again.'] : []
  if (problems.length === 0) return [`Every line follows from the one before: ${amount}.`, ...end].join('\n')
  return [...problems, ...end, `The log is damaged: ${amount}, ${problems.length} problems.`].join('\n')
}

async function replay(from: string, file: string, format: Format) {
  const { dataDir } = findPlace()
  const target = isAbsolute(file) ? file : join(from, file)
  const progress = createProgress()
  try {
    const { generation, changes, tables } = await replayLog(dataDir, target, done => progress.say(`${done} changes …`))
    progress.end()
    const rows = [...tables].map(([name, count]) => [name, String(count)])
    const text = `${columns([['TABLE', 'ROWS'], ...rows])}\n\nMade ${target} out of ${changes} changes.`
    print({ json: { target, generation, changes, rows: Object.fromEntries(tables) }, text }, format)
  } catch (error) {
    progress.end()
    throw error instanceof ReplayError ? new Refusal(error.message) : error
  }
}
