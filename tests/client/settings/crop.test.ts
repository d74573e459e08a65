import { expect, test } from 'bun:test'
import { moved, wholeSquare, zoomed, zoomLimit } from '../../../src/client/components/settings/crop.ts'

const WIDE = { width: 900, height: 600 }

test('it begins with the largest square, in the middle', () => {
  expect(wholeSquare(WIDE)).toEqual({ x: 150, y: 0, side: 600 })
  expect(wholeSquare({ width: 100, height: 400 })).toEqual({ x: 0, y: 150, side: 100 })
})

test('going in keeps the middle where it is', () => {
  expect(zoomed(WIDE, wholeSquare(WIDE), 2)).toEqual({ x: 300, y: 150, side: 300 })
})

test('going out at an edge stays within the picture', () => {
  const corner = moved(WIDE, zoomed(WIDE, wholeSquare(WIDE), 3), 9, 9)
  expect(corner).toEqual({ x: 700, y: 400, side: 200 })
  expect(zoomed(WIDE, corner, 1)).toEqual({ x: 300, y: 0, side: 600 })
})

test('moving goes by shares of what is seen, no further than the edge', () => {
  const crop = zoomed(WIDE, wholeSquare(WIDE), 2)
  expect(moved(WIDE, crop, 0.5, 0)).toEqual({ x: 450, y: 150, side: 300 })
  expect(moved(WIDE, crop, -9, -9)).toEqual({ x: 0, y: 0, side: 300 })
})

test('nobody goes so far in that nothing is left to see', () => {
  expect(zoomLimit({ width: 4000, height: 3000 })).toBe(5)
  expect(zoomLimit({ width: 128, height: 300 })).toBe(2)
  expect(zoomLimit({ width: 20, height: 20 })).toBe(1)
})
