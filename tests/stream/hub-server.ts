import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../src/server/app.ts'
import { openDatabase } from '../../src/server/db/open.ts'
import { readEnv } from '../../src/server/env.ts'
import { createLog } from '../../src/server/events/log.ts'
import { openBus } from '../../src/server/events/open.ts'
import { createLogger } from '../../src/server/http/logger.ts'
import { createHub } from '../../src/server/stream/hub.ts'
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
  const catalog = {
    models: async () => ({ models: [MODEL], default_model_id: MODEL.id, provider: 'fake', fetched_at: null }),
  }
  const app = await createApp({ env, db, bus, log, hub, catalog, logger, jwtSecret: 's'.repeat(32) })
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
    person: (name: string) =>
      Person.register(url, {
        email: `${name.toLowerCase()}@example.org`,
        password: 'correct horse battery',
        display_name: name,
      }),
    async stop() {
      hub.stop()
      await app.server?.stop(true)
      await db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
