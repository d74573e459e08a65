import type { SchemaState } from '../db/migrate.ts'
import type { Logger } from '../http/logger.ts'
import type { Backups } from './backups.ts'
import { BackupError } from './failures.ts'

/**
 * Before a newer program changes the schema there is a backup of how it was, checked; without one nothing is changed. A start
 * that changes nothing does not wait for a backup: those come daily.
 */
export async function backUpBeforeUpdate(
  backups: Backups,
  state: SchemaState | null,
  logger: Pick<Logger, 'info'>,
): Promise<void> {
  if (!state || state.unknown > 0 || state.pending === 0 || state.schema === null) return
  logger.info('backing up, because the database is to be brought up to date')
  try {
    const { name } = await backups.run('before an update')
    logger.info('backed up', { name })
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    throw new BackupError(
      `The database has to be brought up to date, and is not touched without a backup. ${error.message}`,
      { cause: error },
    )
  }
}
