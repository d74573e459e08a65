import { Command, CommanderError } from 'commander'
import { asKnown, EXIT } from '../exit-codes.ts'
import { VERSION } from '../version.ts'
import { backupCommands } from './backup.ts'
import { doctorCommand } from './doctor/command.ts'
import { logCommands } from './log.ts'
import { Refusal } from './refusal.ts'
import { serverCommands } from './server.ts'
import { userCommands } from './user.ts'

const AFTER = `
Settings are read from the environment and from .env, as the server reads them: DATA_DIR says which GroupChat is meant.

Exit status:
  0   done
  1   something is not in order (doctor, log verify), or an error that nobody foresaw
  64  the command line is wrong
  65  there is no such person, or what was given is not accepted
  74  a backup could not be made or brought back
  75  another GroupChat uses the folder; stop it first
  78  the configuration is wrong, or the database is newer than this program`

/** The command and everything under it. `from` is where paths on the command line begin. */
export function program(from: string): Command {
  const root = new Command('groupchat')
    .description('Looks after a GroupChat server: backups, people, health.')
    .version(VERSION)
    .helpCommand(false)
    .showHelpAfterError('(add --help to see what there is)')
    .addHelpText('after', AFTER)
  const commands = [...serverCommands(), ...backupCommands(from), logCommands(from), userCommands(), doctorCommand()]
  for (const command of commands) root.addCommand(command)
  inherit(root)
  return root
}

/** Runs one command line and ends the process with its status. */
export async function run(argv: string[], from: string): Promise<void> {
  try {
    await program(from).parseAsync(argv)
  } catch (error) {
    process.exitCode = tell(error)
  }
  // A worker or a connection that is no longer needed shall not keep the prompt waiting.
  if (!serving(argv)) process.exit()
}

function tell(error: unknown): number {
  // Commander has said already what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage
  const known = error instanceof Refusal ? { message: error.message, exitCode: EXIT.noInput } : asKnown(error)
  if (!known) throw error
  console.error(known.message)
  return known.exitCode
}

function inherit(command: Command) {
  command.exitOverride()
  for (const child of command.commands) inherit(child.copyInheritedSettings(command))
}

const serving = (argv: string[]) => argv[2] === 'serve'
