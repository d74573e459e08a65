import { Command } from 'commander'
import { EnvironmentError } from '../../env.ts'
import { EXIT } from '../../exit-codes.ts'
import { findPlace, type Place } from '../place.ts'
import { createProgress, print } from '../terminal.ts'
import { lookAtDatabase } from './database.ts'
import { lookAtFiles } from './files.ts'
import { type Finding, good, wrong } from './finding.ts'
import { lookAtMail } from './mail.ts'
import { lookAtProvider, lookAtSearch } from './outside.ts'
import { lookAtAddress, lookAtClock, lookAtProgram } from './server.ts'

type Look = { about: string; look: (place: Place) => Finding[] | Promise<Finding[]> }

const LOOKS: Look[] = [
  { about: 'program', look: lookAtProgram },
  { about: 'files', look: lookAtFiles },
  { about: 'database', look: lookAtDatabase },
  { about: 'address', look: lookAtAddress },
  { about: 'clock', look: lookAtClock },
  { about: 'AI provider', look: lookAtProvider },
  { about: 'web search', look: lookAtSearch },
  { about: 'mail', look: lookAtMail },
]

const SIGNS = { good: '✓', note: '·', wrong: '✗' } as const

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Look whether all is well: what is wrong, and what to do about it. Changes nothing')
    .option('--json', 'print the findings as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine()
      const wrongs = findings.filter(({ state }) => state === 'wrong').length
      const last = wrongs === 0 ? 'All is well.' : `${wrongs === 1 ? 'One thing needs' : `${wrongs} things need`} you.`
      print({ json: findings, text: [...findings.map(lineOf), '', last].join('\n') }, { json })
      if (wrongs > 0) process.exitCode = EXIT.problem
    })
}

async function examine(): Promise<Finding[]> {
  const place = configured()
  if (Array.isArray(place)) return place
  const findings = [good('Configuration', 'Every setting can be read.')]
  const progress = createProgress()
  for (const { about, look } of LOOKS) {
    progress.say(`Looking at the ${about} …`)
    findings.push(...(await attempt(about, () => look(place))))
  }
  progress.end()
  return findings
}

function configured(): Place | Finding[] {
  try {
    return findPlace()
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return error.mistakes.map(mistake => wrong('Configuration', mistake, 'Change it in the environment or in .env.'))
  }
}

/** A look that fails is a finding: the others are still worth having. */
async function attempt(about: string, look: () => Finding[] | Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [wrong(about, `This could not be looked at: ${reason}`, 'Mend that, then run this again.')]
  }
}

function lineOf({ about, state, found, advice }: Finding): string {
  return `${SIGNS[state]} ${about}: ${found}${advice ? `\n    ${advice}` : ''}`
}
