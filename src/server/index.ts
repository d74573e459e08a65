import { keepLoopbackDirect, readEnv } from './env.ts'
import { asKnown } from './exit-codes.ts'
import { createLogger } from './http/logger.ts'
import { createMetrics } from './http/metrics.ts'
import { startServer } from './server.ts'
import { stopOnSignals } from './signals.ts'

try {
  await serve()
} catch (error) {
  const known = asKnown(error)
  if (!known) throw error
  console.error(known.message)
  process.exit(known.exitCode)
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
  stopOnSignals(running.stop)
}
