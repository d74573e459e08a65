import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout } from 'bun:test'
import type { Browser } from 'playwright-core'
import { type FakeProvider, startFakeProvider } from './fake-provider.ts'
import { startTestServer, type TestServer } from './server.ts'
import { launchBrowser, Visitor } from './visitor.ts'

/** A server, a provider and a browser for the system tests of one file, and the people who come to visit. */
export function party() {
  setDefaultTimeout(60_000)
  const visitors: Visitor[] = []
  const host = {
    browser: undefined as unknown as Browser,
    provider: undefined as unknown as FakeProvider,
    server: undefined as unknown as TestServer,
    async arrives(name: string, options?: Parameters<typeof Visitor.arrive>[3]) {
      const visitor = await Visitor.arrive(host.browser, host.server.url, name, options)
      visitors.push(visitor)
      return visitor
    },
    /** Two people in one room, each in a browser of their own. */
    async twoIn(room: string, names: [string, string]) {
      const [ada, grace] = [await host.arrives(names[0]), await host.arrives(names[1])]
      await ada.signsUp()
      await ada.createsRoom(room, 'fake/small')
      await grace.signsUp()
      await grace.joinsRoom(room)
      return { ada, grace }
    },
    /** Ends the server and starts it again on the same data and port. */
    async restart() {
      const port = new URL(host.server.url).port
      await host.server.halt()
      const { provider, server } = host
      host.server = await startTestServer({
        provider,
        dataDir: server.dataDir,
        env: { BIND_ADDR: `127.0.0.1:${port}` },
      })
    },
  }

  beforeAll(async () => {
    host.browser = await launchBrowser()
    host.provider = await startFakeProvider()
    host.server = await startTestServer({ provider: host.provider })
  })
  // Whatever a test is about: no page may throw, break the content policy or talk to another server.
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) {
      const { name, complaints, foreign } = visitor
      await visitor.leave()
      expect({ name, complaints, foreign }).toEqual({ name, complaints: [], foreign: [] })
    }
  })
  afterAll(async () => {
    await host.browser.close()
    await host.server.stop()
    await host.provider.stop()
  })
  return host
}
