import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout } from 'bun:test'
import type { Browser } from 'playwright-core'
import { type FakeProvider, startFakeProvider } from './fake-provider.ts'
import { Person } from './person.ts'
import { startTestServer, type TestServer } from './server.ts'
import { accountOf, launchBrowser, Visitor } from './visitor.ts'

type ArrivalOptions = Parameters<typeof Visitor.arrive>[3]

/** A server, a provider and a browser for the system tests of one file, and the people who come to visit. */
export function party() {
  setDefaultTimeout(60_000)
  const visitors: Visitor[] = []
  const host = {
    browser: undefined as unknown as Browser,
    provider: undefined as unknown as FakeProvider,
    server: undefined as unknown as TestServer,
    async arrives(name: string, options?: ArrivalOptions) {
      const visitor = await Visitor.arrive(host.browser, host.server.url, name, options)
      visitors.push(visitor)
      return visitor
    },
    /** Somebody who has an account, and is signed in where they arrive. */
    async member(name: string, options?: ArrivalOptions) {
      const person = await Person.register(host.server.url, accountOf(name))
      const visitor = await host.arrives(name, options)
      await visitor.isSignedIn(person)
      return { visitor, person }
    },
    /** Somebody in front of a room of their own. */
    async oneIn(name: string, room: string, options?: ArrivalOptions) {
      const { visitor, person } = await host.member(name, options)
      await visitor.enters(await person.creates({ name: room }))
      return visitor
    },
    /** Two people in front of one room, each in a browser of their own. */
    async twoIn(name: string, names: [string, string]) {
      const ada = await host.member(names[0])
      const grace = await host.member(names[1])
      const room = await ada.person.creates({ name })
      await grace.person.joins(room)
      await Promise.all([ada, grace].map(({ visitor }) => visitor.enters(room)))
      return { ada: ada.visitor, grace: grace.visitor }
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
