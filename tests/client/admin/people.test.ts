import { expect, test } from 'bun:test'
import { actionsOn, countWords, matchingPeople } from '../../../src/client/components/admin/people.ts'
import { factsOf, sharesOf } from '../../../src/client/components/admin/status.ts'
import type { Person, ServerStatus } from '../../../src/shared/admin.ts'
import { ADA, GRACE } from '../conversation.ts'

const person = (user: typeof ADA, change: Partial<Person> = {}): Person => ({
  ...user,
  email: `${user.id}@example.org`,
  disabled_at: null,
  last_seen_at: null,
  room_count: 0,
  ...change,
})
const PEOPLE = [person(ADA), person(GRACE)]

test('people are found by name, handle and address, by every word', () => {
  const found = (query: string) => matchingPeople(PEOPLE, query).map(one => one.id)
  expect(found('')).toEqual(['ada', 'grace'])
  expect(found('LOVE')).toEqual(['ada'])
  expect(found('@grace')).toEqual(['grace'])
  expect(found('example.org hop')).toEqual(['grace'])
  expect(found('nobody')).toEqual([])
  expect(countWords(1, 2)).toBe('1 of 2 people')
})

test('admins do not lock themselves out', () => {
  expect(actionsOn(person(ADA), 'ada')).toEqual({ role: false, disable: false, reset: true })
  expect(actionsOn(person(GRACE), 'ada')).toEqual({ role: true, disable: true, reset: true })
})

test('there is no new password for whoever signs in by a key alone, or not at all', () => {
  expect(actionsOn(person(GRACE, { email: undefined }), 'ada').reset).toBeFalse()
  expect(actionsOn(person(GRACE, { disabled_at: '2026-11-20T09:00:00.000Z' }), 'ada').reset).toBeFalse()
})

const nothing = { answers: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: 0 }
const STATUS: ServerStatus = {
  version: '0.1.0',
  provider: 'offline',
  hint: null,
  model_count: 1,
  default_model_id: 'offline/guide',
  models_fetched_at: null,
  search_provider: null,
  mail: false,
  registration: 'invite',
  streams: 3,
  usage: { total: nothing, by_person: [], by_model: [] },
}

test('what is not set up says how to', () => {
  const lacking = factsOf(STATUS).filter(fact => !fact.good)
  expect(lacking.map(fact => fact.name)).toEqual(['AI provider', 'Web search', 'Mail'])
  const whole = { ...STATUS, provider: 'openrouter', search_provider: 'brave', mail: true }
  expect(factsOf(whole).every(fact => fact.good)).toBeTrue()
})

test('use is compared by cost, by tokens where nothing has a price', () => {
  const shares = (...rows: object[]) => sharesOf(rows.map(row => ({ ...nothing, ...row }))).map(row => row.share)
  expect(shares({ cost_usd: 2, prompt_tokens: 1 }, { cost_usd: 0.5, prompt_tokens: 9 })).toEqual([1, 0.25])
  expect(shares({ prompt_tokens: 40 }, { completion_tokens: 10 })).toEqual([1, 0.25])
  expect(shares({})).toEqual([0])
})
