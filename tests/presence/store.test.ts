import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createMemoryBus } from '../../src/server/events/memory.ts'
import { createLogger } from '../../src/server/http/logger.ts'
import { createPresence, type PresenceStore } from '../../src/server/presence/store.ts'

const SECOND = 1_000
const TAB = 'the first tab'
const OTHER = 'the other tab'

let now: number
let told: string[]
let presence: PresenceStore
beforeEach(() => {
  const bus = createMemoryBus()
  now = 1_000_000
  told = []
  bus.subscribe(signal => {
    if (signal.kind === 'passing' && signal.event.type === 'presence')
      told.push(`${signal.event.room_id}: ${signal.event.data.state}`)
  })
  const roomsOf = async () => ['attic', 'cellar']
  presence = createPresence({ bus, roomsOf, logger: createLogger('debug', () => {}), now: () => now })
})
afterEach(() => presence.stop())

const state = () => presence.of(['ada']).ada ?? 'offline'
const says = (said: 'online' | 'away' | 'gone', tab = TAB) => presence.say('ada', { tab, state: said })
/** What the rooms were told since the last look. */
async function news() {
  for (let turn = 0; turn < 10; turn++) await null
  return told.splice(0)
}
function pass(seconds: number) {
  now += seconds * SECOND
  presence.sweep()
}

test('a stream is enough to be online, and each room hears of it once', async () => {
  expect(state()).toBe('offline')
  presence.came('ada')
  expect(state()).toBe('online')
  expect(presence.of(['ada', 'grace'])).toEqual({ ada: 'online' })
  expect(await news()).toEqual(['attic: online', 'cellar: online'])
  says('online')
  pass(1)
  expect(await news()).toEqual([])
})

test('away when every tab is, online again with one of them', async () => {
  presence.came('ada')
  says('online')
  says('away', OTHER)
  expect(state()).toBe('online')
  await news()
  says('away')
  expect(state()).toBe('away')
  expect(await news()).toEqual(['attic: away', 'cellar: away'])
  says('online', OTHER)
  expect(await news()).toEqual(['attic: online', 'cellar: online'])
})

test('what belongs together is one change', async () => {
  presence.came('ada')
  says('away')
  expect(await news()).toEqual(['attic: away', 'cellar: away'])
  says('online')
  says('away')
  expect(await news()).toEqual([])
})

test('a tab that has not said for 150 seconds that it is online counts as away', async () => {
  presence.came('ada')
  says('online')
  pass(149)
  expect(state()).toBe('online')
  await news()
  pass(1)
  expect(state()).toBe('away')
  expect(await news()).toEqual(['attic: away', 'cellar: away'])
  says('online')
  expect(state()).toBe('online')
})

test('offline five seconds after the last stream has closed, and forgotten', async () => {
  presence.came('ada')
  says('away')
  await news()
  presence.left('ada')
  pass(4.9)
  expect(state()).toBe('away')
  expect(await news()).toEqual([])
  pass(0.1)
  expect(state()).toBe('offline')
  expect(await news()).toEqual(['attic: offline', 'cellar: offline'])
  pass(1)
  expect(presence.count()).toBe(0)
})

test('a reload is no departure', async () => {
  presence.came('ada')
  says('online')
  await news()
  says('gone')
  presence.left('ada')
  pass(2)
  presence.came('ada')
  says('online', OTHER)
  pass(10)
  expect(state()).toBe('online')
  expect(await news()).toEqual([])
})

test('closing the only tab, out of sight, does not flash up as being there', async () => {
  presence.came('ada')
  says('away')
  await news()
  says('gone')
  expect(state()).toBe('away')
  presence.left('ada')
  pass(5)
  expect(await news()).toEqual(['attic: offline', 'cellar: offline'])
})

test('when all tabs are gone but a stream stays, that is a program of theirs: online', async () => {
  presence.came('ada')
  says('away')
  says('gone')
  pass(5)
  expect(state()).toBe('online')
})

test('a tab that speaks before its stream opens is not there yet, and is remembered only so long', async () => {
  says('away')
  expect(state()).toBe('offline')
  presence.came('ada')
  expect(state()).toBe('away')
  presence.say('grace', { tab: TAB, state: 'online' })
  expect(presence.of(['grace'])).toEqual({})
  pass(5)
  expect(presence.count()).toBe(1)
})

test('of tabs without number the latest are kept', () => {
  presence.came('ada')
  for (let n = 0; n < 1_000; n++) says('online', `tab number ${n}`)
  for (let n = 980; n < 1_000; n++) says('away', `tab number ${n}`)
  expect(state()).toBe('away')
})
