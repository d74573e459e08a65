import { NewerDatabaseError } from './db/migrate.ts'
import { EnvironmentError, keepLoopbackDirect, readEnv } from './env.ts'
import { createLogger } from './http/logger.ts'
import { createMetrics } from './http/metrics.ts'
import { LockedError } from './lock.ts'
import { type Running, startServer } from './server.ts'

/** As sysexits.h has them: the configuration is wrong (or the database too new) … */
const EX_CONFIG = 78
/** … and: somebody else uses the folder just now. */
const EX_TEMPFAIL = 75
const STOP_WITHIN_MS = 5_000

try {
  await serve()
} catch (error) {
  const exitCode = exitCodeOf(error)
  if (!exitCode || !(error instanceof Error)) throw error
  console.error(error.message)
  process.exit(exitCode)
}

function exitCodeOf(error: unknown): number | null {
  if (error instanceof LockedError) return EX_TEMPFAIL
  return error instanceof EnvironmentError || error instanceof NewerDatabaseError ? EX_CONFIG : null
}

async function serve() {
  const env = readEnv()
  // The database and the pictures are nobody else's on this machine.
  process.umask(0o077)
  keepLoopbackDirect()
  const logger = createLogger(env.LOG_LEVEL)
  // One forgotten promise must not take every room down with it.
  const metrics = createMetrics()
  const survive = (what: string) => (error: unknown) => {
    metrics.unhandled()
    logger.error(what, { error })
  }
  process.on('unhandledRejection', survive('unhandled rejection'))
  process.on('uncaughtException', survive('uncaught exception'))
  const running = await startServer(env, { logger, metrics })
  logger.info(`GroupChat is at ${env.PUBLIC_URL}`)
  logger.info(`The assistant runs on ${running.provider.description}`)
  stopOnSignals(running)
}

function stopOnSignals(running: Running) {
  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    void running.stop().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
