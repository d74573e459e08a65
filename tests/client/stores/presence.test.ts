import { afterEach, expect, jest, test } from 'bun:test'
import { createPresence } from '../../../src/client/stores/presence.ts'
import { tellPresence } from '../../../src/client/stores/presence-teller.ts'
import type { TabPresence } from '../../../src/shared/presence.ts'
import { ADA, GRACE, ROOM } from '../conversation.ts'

afterEach(() => {
  jest.useRealTimers()
})

/** A tab that is looked at, turned away from and closed. */
function tab() {
  jest.useFakeTimers()
  const said: string[] = []
  const names = new Set<string>()
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const window = Object.assign(new EventTarget(), { document })
  const tell = async ({ tab, state }: TabPresence) => {
    names.add(tab)
    said.push(state)
  }
  const teller = tellPresence(tell, window as unknown as Window)
  const turns = (visibilityState: string) => {
    document.visibilityState = visibilityState
    document.dispatchEvent(new Event('visibilitychange'))
  }
  return { said, names, teller, turns, window }
}

test('says that it is there, again each minute, and under one name', () => {
  const { said, names, teller } = tab()
  teller.anew()
  expect(said).toEqual(['online'])
  jest.advanceTimersByTime(120_000)
  expect(said).toEqual(['online', 'online', 'online'])
  expect(names.size).toBe(1)
  expect([...names][0]?.length).toBeGreaterThanOrEqual(8)
  teller.stop()
  jest.advanceTimersByTime(120_000)
  expect(said.length).toBe(3)
})

test('a glance elsewhere is not told, a longer absence is, and the return at once', () => {
  const { said, teller, turns } = tab()
  teller.anew()
  turns('hidden')
  jest.advanceTimersByTime(4_900)
  turns('visible')
  jest.advanceTimersByTime(10_000)
  expect(said).toEqual(['online'])
  turns('hidden')
  jest.advanceTimersByTime(5_000)
  expect(said).toEqual(['online', 'away'])
  jest.advanceTimersByTime(120_000)
  expect(said).toEqual(['online', 'away'])
  turns('visible')
  expect(said).toEqual(['online', 'away', 'online'])
})

test('is said anew to a server that may have forgotten', () => {
  const { said, teller, turns } = tab()
  teller.anew()
  turns('hidden')
  jest.advanceTimersByTime(5_000)
  teller.anew()
  expect(said).toEqual(['online', 'away', 'away'])
})

test('a page that closes is gone, and one that comes back is there', () => {
  const { said, teller, window } = tab()
  teller.anew()
  window.dispatchEvent(new Event('pagehide'))
  window.dispatchEvent(new Event('pageshow'))
  expect(said).toEqual(['online', 'gone', 'online'])
})

test('who is not named is offline, and what happens is heard', () => {
  const presence = createPresence()
  let changes = 0
  presence.subscribe(() => changes++)
  expect(presence.of(GRACE.id)).toBe('offline')
  presence.apply({ id: null, type: 'presence', data: { room_id: ROOM, user_id: GRACE.id, state: 'away' } })
  expect(presence.of(GRACE.id)).toBe('away')
  expect(presence.of(ADA.id)).toBe('offline')
  expect(changes).toBe(1)
})
