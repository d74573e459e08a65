import { describe, expect, test } from 'bun:test'
import { CircleHelp, Moon } from 'lucide'
import { fit, fitWords } from '../../../src/client/components/switcher/fuzzy.ts'
import { type Known, peopleResults, resultsFor } from '../../../src/client/components/switcher/results.ts'
import type { MyRoom } from '../../../src/shared/rooms.ts'
import { ADA, ASSISTANT, GRACE, myRoom } from '../conversation.ts'

const room = (id: string, change: Partial<MyRoom> = {}) => myRoom({ id, name: id, ...change })
const act = (name: string, icon: typeof Moon, also?: string) => ({ name, icon, also, act: () => {} })
const KNOWN: Known = {
  my_id: ADA.id,
  rooms: [
    room('incident-response'),
    room('internal'),
    room('garden', { unread_count: 2 }),
    room('attic'),
    room('with grace', { direct: [ADA, GRACE], is_closed: true }),
  ],
  people: [GRACE, ASSISTANT],
  acts: [act('Dark theme', Moon), act('Keyboard shortcuts', CircleHelp, 'help keys')],
  visited: ['attic', 'internal', 'gone'],
  current: 'internal',
}
const shown = (query: string, known: Partial<Known> = {}) =>
  resultsFor(query, { ...KNOWN, ...known }).map(
    ({ title, results }) => `${title}: ${results.map(one => one.key).join(' ')}`,
  )

describe('what fits a name', () => {
  test.each([
    ['inre', 'incident-response', true],
    ['IR', 'incident-response', true],
    ['respo', 'incident-response', true],
    ['gh', 'Grace Hopper', true],
    ['ident', 'incident-response', true],
    ['idnt', 'incident-response', true],
    ['dnt', 'incident-response', false],
    ['buch', 'Bücher', true],
    ['中国', '关于中国', true],
    ['xyz', 'incident-response', false],
  ])('%s and %s', (query, name, fits) => expect(fit(query, name) !== null).toBe(fits))

  test('side by side is better than apart, the start better than the middle, the shorter name better', () => {
    const order = ['ops', 'dev-ops', 'open-source', 'oslo-parks'].map(name => fit('ops', name))
    expect(order).toEqual([...order].sort((one, other) => Number(other) - Number(one)))
    expect(Number(fit('de', 'dev'))).toBeGreaterThan(Number(fit('de', 'development')))
  })

  test('words fit by their beginnings', () => {
    expect(fitWords('keyb sh', 'Keyboard shortcuts')).not.toBeNull()
    expect(fitWords('board', 'Keyboard shortcuts')).toBeNull()
  })
})

describe('the results', () => {
  test('nothing typed: the unread, then the last visited, then the others, but for where I am and what I closed', () => {
    expect(shown('')).toEqual(['Recent: room-garden room-attic room-incident-response'])
  })
  test('a query finds rooms, people, commands, and messages last', () => {
    expect(shown('as')).toEqual(['People: person-assistant', 'Messages: search'])
    expect(shown('attic')).toEqual(['Rooms: room-attic', 'Messages: search'])
    expect(shown('help')).toEqual(['Commands: act-Keyboard shortcuts', 'Messages: search'])
    expect(shown('/dark')).toEqual(['Commands: act-Dark theme', 'Messages: search'])
  })
  test('of names that fit alike the visited one comes first', () => {
    expect(shown('in')[0]).toBe('Rooms: room-internal room-incident-response')
    expect(shown('in', { visited: ['incident-response'] })[0]).toBe('Rooms: room-incident-response room-internal')
  })
  test('people are found by name and handle, each once, those I talk to first', () => {
    expect(shown('grace')[0]).toBe('People: person-grace')
    expect(shown('@gra')[0]).toBe('People: person-grace')
    const all = peopleResults('', KNOWN).flatMap(group => group.results.map(one => one.key))
    expect(all).toEqual(['person-grace', 'person-assistant'])
  })
})
