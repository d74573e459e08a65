import { expect, test } from 'bun:test'
import { createReadMarks } from '../../../src/client/stores/read-marks.ts'

function marks(pause_ms = 20) {
  const told: string[] = []
  const { put, flush } = createReadMarks(async (room, message) => void told.push(`${room} ${message}`), pause_ms)
  return { told, put, flush }
}

/** So long that only what goes out without a pause is told within the test. */
const LONG_MS = 60_000

test('the first mark goes out as soon as the page has a moment', async () => {
  const { told, put } = marks(LONG_MS)
  put('garden', 'm1')
  expect(told).toEqual([])
  await Bun.sleep(1)
  expect(told).toEqual(['garden m1'])
})

test('of a burst only the last goes out', async () => {
  const { told, put } = marks()
  for (const message of ['m1', 'm2', 'm3']) put('garden', message)
  await Bun.sleep(60)
  expect(told).toEqual(['garden m3'])
})

test('each room has its own', async () => {
  const { told, put } = marks()
  put('garden', 'm1')
  put('garden', 'm2')
  put('attic', 'm7')
  await Bun.sleep(60)
  expect(told).toEqual(['garden m2', 'attic m7'])
})

test('what waits goes out before the page does', () => {
  const { told, put, flush } = marks()
  put('garden', 'm1')
  put('garden', 'm2')
  flush()
  expect(told).toEqual(['garden m2'])
})
