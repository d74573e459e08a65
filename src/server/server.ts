import { mkdirSync } from 'node:fs'
import { OPENROUTER_BASE_URL, openProvider } from './agents/providers/open.ts'
import type { Provider } from './agents/providers/provider.ts'
import { roster } from './agents/roster.ts'
import { startAgents } from './agents/runner.ts'
import { createApp } from './app.ts'
import { openDatabase } from './db/open.ts'
import type { Env } from './env.ts'
import { createLog } from './events/log.ts'
import { openBus } from './events/open.ts'
import { createLogger, type Logger } from './http/logger.ts'
import { jwtSecret } from './secrets.ts'
import { createHub, HUB_TIMES, type HubTimes } from './stream/hub.ts'

/** JSON bodies are refused beyond one megabyte with words of our own; this is the wall behind that. */
const BODY_WALL = 16 * 1024 * 1024

export type Running = {
  /** Where it answers, on this machine. */
  url: string
  provider: Provider
  /** Ends every stream and every reply in good order, and closes the database. */
  stop(): Promise<void>
}

/** Opens the adapters, starts the followers and listens. */
export async function startServer(
  env: Env,
  { logger = createLogger(env.LOG_LEVEL), times = HUB_TIMES }: { logger?: Logger; times?: HubTimes } = {},
): Promise<Running> {
  mkdirSync(env.DATA_DIR, { recursive: true })
  const db = await openDatabase(env.DATABASE_URL, env.DATA_DIR)
  const bus = openBus()
  const log = createLog(db, bus)
  const provider = await openProvider({
    apiKey: env.OPENROUTER_API_KEY ?? null,
    baseUrl: env.OPENROUTER_BASE_URL ?? OPENROUTER_BASE_URL,
    defaultModel: env.DEFAULT_MODEL ?? null,
    publicUrl: env.PUBLIC_URL,
  })
  const hub = createHub(db, log, bus, logger, times)
  await hub.start()
  const boot_id = Bun.randomUUIDv7()
  const agents = await startAgents(roster({ db, log, bus, provider }), { db, log, bus, logger, boot_id })
  const secret = jwtSecret(env.JWT_SECRET, env.DATA_DIR)
  const app = await createApp({ env, db, bus, log, hub, catalog: provider, logger, jwtSecret: secret })
  app.listen({ ...env.BIND_ADDR, maxRequestBodySize: BODY_WALL, development: false })
  const server = app.server
  if (!server) throw new Error('The server does not listen')

  return {
    url: `http://localhost:${server.port}`,
    provider,
    async stop() {
      hub.stop()
      await agents.stop()
      await server.stop(true)
      provider.close()
      await bus.close()
      await db.close()
    },
  }
}
