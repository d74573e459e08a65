import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../src/server/app.ts'
import { createBackups } from '../../src/server/backups/backups.ts'
import { openDatabase } from '../../src/server/db/open.ts'
import { readEnv } from '../../src/server/env.ts'
import { createLog } from '../../src/server/events/log.ts'
import { openBus } from '../../src/server/events/open.ts'
import { createLogger } from '../../src/server/http/logger.ts'
import { createMetrics } from '../../src/server/http/metrics.ts'
import { createPresence } from '../../src/server/presence/store.ts'
import { createIndexer } from '../../src/server/search/indexer.ts'
import { openIndex } from '../../src/server/search/open.ts'
import type { DirectController } from '../../src/server/stream/connection.ts'
import { createHub, type Hub } from '../../src/server/stream/hub.ts'
import { Person } from '../support/person.ts'

const MODEL = {
  id: 'fake/small',
  name: 'Small',
  context_length: null,
  input_modalities: ['text'],
  supports_tools: false,
  prompt_price: null,
  completion_price: null,
}

/** Rooms and streams without agents, with the hub in hand: what a client cannot see is how many streams are left. */
export async function startHubServer() {
  const folder = mkdtempSync(join(tmpdir(), 'groupchat-hub-'))
  const env = readEnv({ DATA_DIR: folder, BIND_ADDR: '127.0.0.1:0', RATE_LIMITS: 'off' })
  const db = await openDatabase(env.DATABASE_URL, folder)
  const bus = openBus()
  const log = createLog(db, bus)
  const lines: string[] = []
  const logger = createLogger('debug', line => lines.push(line))
  const hub = createHub(db, log, bus, logger)
  await hub.start()
  const presence = createPresence({ bus, roomsOf: async () => [], logger })
  const indexer = createIndexer({ db, bus, index: openIndex(db.tables), logger })
  const catalog = {
    models: async () => ({
      models: [MODEL],
      default_model_id: MODEL.id,
      provider: 'fake',
      fetched_at: null,
      hint: null,
    }),
  }
  const peaks: number[] = []
  const open: Hub['open'] = (to, controller, start) => hub.open(to, measured(controller, peaks), start)
  const app = await createApp({
    env,
    db,
    bus,
    log,
    hub: { ...hub, open },
    presence,
    indexer,
    catalog,
    backups: createBackups({ dataDir: folder, database: join(folder, 'chat.db') }),
    logger,
    metrics: createMetrics(),
    jwtSecret: 's'.repeat(32),
  })
  app.listen({ hostname: '127.0.0.1', port: 0, development: false })
  const port = app.server?.port
  if (!port) throw new Error('The server does not listen')
  const url = `http://127.0.0.1:${port}`

  return {
    url,
    port,
    hub,
    log,
    lines,
    /** The most that the server ever kept for each stream, in bytes that its socket had not taken. */
    peaks: peaks as readonly number[],
    person: (name: string) =>
      Person.register(url, {
        email: `${name.toLowerCase()}@example.org`,
        password: 'correct horse battery',
        display_name: name,
      }),
    async stop() {
      hub.stop()
      presence.stop()
      await app.server?.stop(true)
      await indexer.stop()
      await db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function measured(controller: DirectController, peaks: number[]): DirectController {
  const stream = peaks.push(0) - 1
  let kept = 0
  return {
    write(bytes) {
      const taken = controller.write(bytes)
      if (!(taken instanceof Promise)) return taken
      kept += bytes.length
      peaks[stream] = Math.max(peaks[stream] ?? 0, kept)
      return taken.finally(() => {
        kept -= bytes.length
      })
    },
    flush: () => controller.flush(),
    close: error => controller.close(error),
  }
}
