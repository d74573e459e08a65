import { expect, test } from 'bun:test'
import * as tables from 'uc.micro'
import * as ours from '../../../src/client/text/punctuation.ts'

const CHARACTERS = Array.from({ length: 0xd800 }, (_, code) => String.fromCharCode(code))
const differing = (one: { test: (text: string) => boolean }, other: RegExp) =>
  CHARACTERS.filter(character => one.test(character) !== other.test(character))

test.each([
  ['P', ours.P, tables.P],
  ['S', ours.S, tables.S],
  ['Z', ours.Z, tables.Z],
])('%s means what the tables say, but for signs that are newer than they are', (_, mine, theirs) => {
  expect(differing(mine, theirs).length).toBeLessThan(20)
  expect(differing(new RegExp(mine.source), theirs).length).toBeLessThan(20)
})

test('signs that people write are among them', () => {
  for (const sign of [...'.,;:!?()[]{}"\'«»„“–—…。、！？']) expect(ours.P.test(sign)).toBeTrue()
  for (const sign of [...'$+<=>^`|~€']) expect(ours.S.test(sign)).toBeTrue()
  for (const sign of [' ', '\u00a0', '\u2028', '\u3000']) expect(ours.Z.test(sign)).toBeTrue()
  for (const sign of [...'aÄ漢9']) expect(ours.P.test(sign)).toBeFalse()
})

test('controls and everything are as they were', () => {
  expect(ours.Any.source).toBe(tables.Any.source)
  expect(differing(ours.Cc, tables.Cc)).toEqual([])
})
