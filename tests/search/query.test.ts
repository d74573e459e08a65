import { describe, expect, test } from 'bun:test'
import { parseSearch } from '../../src/shared/search-query.ts'

const NOTHING = { terms: [], from: [], in: [], has_image: false, before: null, after: null }
const day = (text: string) => Date.parse(`${text}T00:00:00Z`)

describe('what is typed into the search field', () => {
  test.each([
    ['hello world', { terms: ['hello', 'world'] }],
    ['hello hello', { terms: ['hello'] }],
    ['"hello  world" now', { terms: ['hello  world', 'now'] }],
    ['say "half a phrase', { terms: ['say', 'half a phrase'] }],
    ['ab"cd ef"gh', { terms: ['ab', 'cd ef', 'gh'] }],
    ['""  "', {}],
    ['   ', {}],
    ['from:Ada', { from: ['ada'] }],
    ['FROM:@ada from:grace tea', { from: ['ada', 'grace'], terms: ['tea'] }],
    ['in:#lounge', { in: ['lounge'] }],
    ['in:"The Lounge" tea', { in: ['The Lounge'], terms: ['tea'] }],
    ['has:image', { has_image: true }],
    ['has:everything', { terms: ['has:everything'] }],
    ['from: in: before: has:', { terms: ['from:', 'in:', 'before:', 'has:'] }],
    ['in:"The Loun', { in: ['The Loun'] }],
    ['in:""', { terms: ['in:""'] }],
    ['before:2026-03-01', { before: day('2026-03-01') }],
    ['after:2026-03-01', { after: day('2026-03-02') }],
    ['before:2026-03-05 before:2026-03-01', { before: day('2026-03-01') }],
    ['before:2026-02-30 after:lunch', { terms: ['before:2026-02-30', 'after:lunch'] }],
    ['wherefrom:ada http://in:5', { terms: ['wherefrom:ada', 'http://in:5'] }],
    ['a* NEAR(b c) OR -d', { terms: ['a*', 'NEAR(b', 'c)', 'OR', '-d'] }],
    ['東京 😀', { terms: ['東京', '😀'] }],
  ])('%p', (typed, expected) => {
    expect(parseSearch(typed)).toEqual({ ...NOTHING, ...expected })
  })
})
