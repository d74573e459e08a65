import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readEnv } from '../../src/server/env.ts'
import { createLogger, type Logger } from '../../src/server/http/logger.ts'
import { startServer } from '../../src/server/server.ts'
import { HUB_TIMES, type HubTimes } from '../../src/server/stream/hub.ts'
import { type FakeProvider, startFakeProvider } from './fake-provider.ts'
import { Person } from './person.ts'

export type TestServer = Awaited<ReturnType<typeof startTestServer>>

type Options = {
  env?: Record<string, string>
  /** An earlier server's folder, to start on its data. */
  dataDir?: string
  times?: Partial<HubTimes>
  /** How long somebody stays there without a stream. */
  graceMs?: number
  /** Null: the built-in offline model. */
  provider?: FakeProvider | null
}

/** The whole server on a port of its own, in a folder of its own, with a provider that speaks the real wire. */
export async function startTestServer({ env = {}, dataDir, times, graceMs, provider }: Options = {}) {
  const ownProvider = provider === undefined ? await startFakeProvider() : null
  const used = provider ?? ownProvider
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'groupchat-'))
  const lines: string[] = []
  const logger: Logger = createLogger('debug', line => lines.push(line))
  const running = await startServer(
    readEnv({
      BIND_ADDR: '127.0.0.1:0',
      DATA_DIR: folder,
      STATIC_DIR: 'dist/client',
      RATE_LIMITS: 'off',
      ...(used && { OPENROUTER_BASE_URL: used.baseUrl, OPENROUTER_API_KEY: used.apiKey ?? undefined }),
      ...env,
    }),
    { logger, times: { ...HUB_TIMES, ...times }, graceMs },
  )
  let people = 0

  return {
    url: running.url,
    provider: used,
    /** Everything that it answers to. */
    routes: running.routes,
    dataDir: folder,
    /** What it logged, a JSON object a line. */
    lines,

    /** Signs somebody up. The first one is the admin. */
    async person(display_name: string): Promise<Person> {
      people++
      const email = `${display_name.toLowerCase().replace(/\W+/g, '.')}.${people}@example.org`
      return Person.register(running.url, { email, password: 'correct horse battery', display_name })
    },

    /** Ends it and leaves its folder for another start. */
    async halt() {
      await running.stop()
      if (ownProvider) await ownProvider.stop()
    },

    async stop() {
      await running.stop()
      if (ownProvider) await ownProvider.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
