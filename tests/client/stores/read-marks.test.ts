import { expect, test } from 'bun:test'
import { createReadMarks } from '../../../src/client/stores/read-marks.ts'

function marks() {
  const told: string[] = []
  const { put, flush } = createReadMarks(async (room, message) => void told.push(`${room} ${message}`), 20)
  return { told, put, flush }
}

test('the first mark goes out at once, of a burst only the last', async () => {
  const { told, put } = marks()
  for (const message of ['m1', 'm2', 'm3']) put('garden', message)
  expect(told).toEqual(['garden m1'])
  await Bun.sleep(60)
  expect(told).toEqual(['garden m1', 'garden m3'])
})

test('each room has its own', async () => {
  const { told, put } = marks()
  put('garden', 'm1')
  put('garden', 'm2')
  put('attic', 'm7')
  await Bun.sleep(60)
  expect(told).toEqual(['garden m1', 'garden m2', 'attic m7'])
})

test('what waits goes out before the page does', () => {
  const { told, put, flush } = marks()
  put('garden', 'm1')
  put('garden', 'm2')
  flush()
  expect(told).toEqual(['garden m1', 'garden m2'])
})
