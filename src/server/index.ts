import { NewerDatabaseError } from './db/migrate.ts'
import { EnvironmentError, keepLoopbackDirect, readEnv } from './env.ts'
import { createLogger } from './http/logger.ts'
import { type Running, startServer } from './server.ts'

/** As sysexits.h has it: the configuration is wrong. */
const EX_CONFIG = 78
const STOP_WITHIN_MS = 5_000

try {
  await serve()
} catch (error) {
  if (!(error instanceof EnvironmentError || error instanceof NewerDatabaseError)) throw error
  console.error(error.message)
  process.exit(EX_CONFIG)
}

async function serve() {
  const env = readEnv()
  // The database and the pictures are nobody else's on this machine.
  process.umask(0o077)
  keepLoopbackDirect()
  const logger = createLogger(env.LOG_LEVEL)
  // One forgotten promise must not take every room down with it.
  process.on('unhandledRejection', error => logger.error('unhandled rejection', { error }))
  process.on('uncaughtException', error => logger.error('uncaught exception', { error }))
  const running = await startServer(env, { logger })
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
