import { BackupError } from './backups/failures.ts'
import { NewerDatabaseError } from './db/migrate.ts'
import { EnvironmentError } from './env.ts'
import { LockedError } from './lock.ts'

/** How the process says what went wrong: numbers as sysexits.h has them. */
export const EXIT = {
  /** Something that was looked at is not in order (`doctor`, `log verify`). */
  problem: 1,
  /** The command line is wrong. */
  usage: 64,
  /** There is no such thing or person. */
  noInput: 65,
  /** A backup, or bringing one back, did not come about. */
  io: 74,
  /** Somebody else uses the folder just now. */
  locked: 75,
  /** The configuration is wrong, or the database is newer than the program. */
  config: 78,
} as const

export type Known = { message: string; exitCode: number }

/** What is to be told in words alone; null for what nobody foresaw, which needs its stack. */
export function asKnown(error: unknown): Known | null {
  if (error instanceof LockedError) return { message: error.message, exitCode: EXIT.locked }
  if (error instanceof BackupError) return { message: error.message, exitCode: EXIT.io }
  if (error instanceof EnvironmentError || error instanceof NewerDatabaseError)
    return { message: error.message, exitCode: EXIT.config }
  return null
}
