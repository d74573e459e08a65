import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { measure } from './admin/metrics.ts'
import { RUN_LIMITS, type RunLimits } from './agents/limits.ts'
import { createPictures } from './agents/pictures.ts'
import { openProvider } from './agents/providers/open.ts'
import type { Provider } from './agents/providers/provider.ts'
import { roster } from './agents/roster.ts'
import { startAgents } from './agents/runner.ts'
import { AllowListError, parseAllowList } from './agents/tools/fetch/allow-list.ts'
import { createWebFetch } from './agents/tools/fetch/web-fetch.ts'
import { openSearch } from './agents/tools/search/open.ts'
import { createApp } from './app.ts'
import { createBackups } from './backups/backups.ts'
import { backUpBeforeUpdate } from './backups/before-update.ts'
import { startDaily } from './backups/daily.ts'
import { inspectDatabase } from './db/inspect.ts'
import { openDatabase, sqlitePath } from './db/open.ts'
import { type Env, EnvironmentError } from './env.ts'
import { createLog } from './events/log.ts'
import { openBus } from './events/open.ts'
import { createLogger, type Logger } from './http/logger.ts'
import { createMetrics, type Metrics } from './http/metrics.ts'
import { lockDataDir } from './lock.ts'
import { roomsOf } from './presence/rooms.ts'
import { createPresence, GRACE_MS } from './presence/store.ts'
import { createIndexer } from './search/indexer.ts'
import { openIndex } from './search/open.ts'
import { jwtSecret } from './secrets.ts'
import { providerOf, searchOf } from './settings.ts'
import { createHub, HUB_TIMES, type HubTimes } from './stream/hub.ts'
import { createFiles } from './uploads/files.ts'
import { createReencode } from './uploads/reencode.ts'
import { startSweeping } from './uploads/sweep.ts'

/** JSON bodies are refused beyond one megabyte with words of our own; this is the wall behind that. */
const BODY_WALL = 16 * 1024 * 1024

export type Running = {
  /** Where it answers, on this machine. */
  url: string
  provider: Provider
  /** Everything that it answers to. */
  routes: { method: string; path: string }[]
  /** Ends every stream and every reply in good order, and closes the database. */
  stop(): Promise<void>
}

type Settings = { logger?: Logger; metrics?: Metrics; times?: HubTimes; graceMs?: number }

/** Takes the folder for itself, opens the adapters, starts the followers and listens. */
export async function startServer(env: Env, settings: Settings = {}): Promise<Running> {
  mkdirSync(env.DATA_DIR, { recursive: true })
  const lock = lockDataDir(env.DATA_DIR)
  try {
    const running = await start(env, settings)
    const stop = () => running.stop().finally(lock.release)
    return { ...running, stop }
  } catch (error) {
    lock.release()
    throw error
  }
}

async function start(
  env: Env,
  { logger = createLogger(env.LOG_LEVEL), metrics = createMetrics(), times = HUB_TIMES, graceMs = GRACE_MS }: Settings,
): Promise<Running> {
  const database = sqlitePath(env.DATABASE_URL, env.DATA_DIR)
  const backups = createBackups({ dataDir: env.DATA_DIR, database })
  backups.sweep()
  const before = inspectDatabase(database)
  await backUpBeforeUpdate(backups, before, logger)
  const db = await openDatabase(env.DATABASE_URL, env.DATA_DIR, {
    sqlLog: env.SQL_LOG,
    trouble: error => logger.error('the SQL log has trouble', { error }),
  })
  const bus = openBus()
  const log = createLog(db, bus)
  const provider = await openProvider(providerOf(env))
  const presence = createPresence({ bus, roomsOf: user_id => roomsOf(db, user_id), logger, graceMs })
  const hub = createHub(db, log, bus, logger, times, presence)
  await hub.start()
  const stopMeasuring = measure(metrics, { db, hub, bus })
  const indexer = createIndexer({ db, bus, index: openIndex(db.tables), logger })
  const boot_id = Bun.randomUUIDv7()
  const web = createWebFetch({ allow: allowedHosts(env.WEB_FETCH_ALLOW) })
  const tools = [openSearch(searchOf(env)), web].filter(tool => tool !== null)
  const limits: RunLimits = {
    ...RUN_LIMITS,
    rounds: env.AI_MAX_ROUNDS,
    calls: env.AI_MAX_CALLS,
    run_ms: env.AI_MAX_SECONDS * 1000,
    tokens: env.AI_MAX_TOKENS,
  }
  const files = createFiles(join(env.DATA_DIR, 'uploads'))
  const pictures = createPictures(files, createReencode())
  const agents = await startAgents(roster({ db, log, bus, provider, tools, pictures, limits, logger }), {
    db,
    log,
    bus,
    logger,
    boot_id,
  })
  const secret = jwtSecret(env.JWT_SECRET, env.DATA_DIR)
  const app = await createApp({
    env,
    db,
    bus,
    log,
    hub,
    presence,
    indexer,
    catalog: provider,
    backups,
    logger,
    metrics,
    jwtSecret: secret,
  })
  app.listen({ ...env.BIND_ADDR, maxRequestBodySize: BODY_WALL, development: false })
  const server = app.server
  if (!server) throw new Error('The server does not listen')
  const stopSweeping = startSweeping(db, files, logger)
  const stopDaily = startDaily(backups, logger, before ? 0 : Date.now())

  return {
    url: `http://localhost:${server.port}`,
    provider,
    routes: app.routes.map(({ method, path }) => ({ method, path })),
    async stop() {
      stopDaily()
      stopMeasuring()
      metrics.stop()
      hub.stop()
      presence.stop()
      await agents.stop()
      await server.stop(true)
      provider.close()
      web.close()
      await stopSweeping()
      await backups.close()
      await indexer.stop()
      await bus.close()
      await db.close()
    },
  }
}

function allowedHosts(text: string | undefined) {
  try {
    return parseAllowList(text ?? '')
  } catch (error) {
    if (error instanceof AllowListError)
      throw new EnvironmentError(error.mistakes.map(words => `WEB_FETCH_ALLOW: ${words}`))
    throw error
  }
}
