import { expect, test } from 'bun:test'
import { Refusal, Unreachable } from '../../../src/client/api.ts'
import { createSearch } from '../../../src/client/stores/search.ts'
import type { SearchResult, SearchResults } from '../../../src/shared/search.ts'
import { ADA, GRACE, message, myRoom, ROOM } from '../conversation.ts'

const result = (seq: number): SearchResult => ({ message: message(seq), room: myRoom(), snippet: [] })
const results = (...seqs: number[]): SearchResults => ({ results: seqs.map(result) })
const moment = (ms = 0) => new Promise(resolve => setTimeout(resolve, ms))

/** A search whose answers come when the test says so. */
function searching() {
  const asked: { query: string; limit: number; answer: PromiseWithResolvers<SearchResults> }[] = []
  const ask = (query: string, limit: number) => {
    const answer = Promise.withResolvers<SearchResults>()
    asked.push({ query, limit, answer })
    return answer.promise
  }
  const search = createSearch(ask, ADA.id, 5)
  const found = () => search.results.map(({ message }) => message.seq)
  const last = () => asked[asked.length - 1]?.answer as PromiseWithResolvers<SearchResults>
  return { search, asked, found, last }
}

test('asks once nothing more is typed', async () => {
  const { search, asked, last, found } = searching()
  for (const typed of ['r', 'ro', 'ros', 'rose', 'rose ']) search.type(typed)
  expect(asked).toEqual([])
  expect(search.phase).toBe('searching')
  await moment(20)
  expect(asked.map(({ query }) => query)).toEqual(['rose'])
  last().resolve(results(3, 1))
  await moment()
  expect(search.phase).toBe('ready')
  expect(search.answered).toBe('rose')
  expect(found()).toEqual([3, 1])
})

test('a slow answer does not stand under a newer question', async () => {
  const { search, asked, found } = searching()
  search.seek('roses')
  search.seek('tulips')
  asked[1]?.answer.resolve(results(2))
  asked[0]?.answer.resolve(results(1))
  await moment()
  expect(found()).toEqual([2])
  search.seek('lilies')
  search.type('')
  asked[2]?.answer.resolve(results(3))
  await moment()
  expect(search.phase).toBe('idle')
  expect(found()).toEqual([])
})

test('what was found stays until the next answer, and coming back asks for nothing', async () => {
  const { search, asked, last, found } = searching()
  search.seek('roses')
  last().resolve(results(1))
  await moment()
  search.type('roses red')
  expect(found()).toEqual([1])
  await moment(20)
  last().resolve(results(1))
  await moment()
  search.seek('roses red')
  expect(asked.length).toBe(2)
})

test('a full page may be asked for up to the limit of the server', async () => {
  const { search, asked, last } = searching()
  search.seek('roses')
  last().resolve(results(...Array.from({ length: 20 }, (_, n) => n + 1)))
  await moment()
  expect(search.may_have_more).toBeTrue()
  search.more()
  expect(asked[1]).toMatchObject({ query: 'roses', limit: 50 })
  last().resolve(results(...Array.from({ length: 50 }, (_, n) => n + 1)))
  await moment()
  expect(search.may_have_more).toBeFalse()
  expect(search.is_cut).toBeTrue()
})

test('a server that is asked too fast is asked again after the break it wants', async () => {
  const { search, asked, last, found } = searching()
  search.seek('roses')
  last().reject(new Refusal(429, { detail: 'That was a little fast.' }, 0.01))
  await moment()
  expect(search.phase).toBe('waiting')
  await moment(30)
  expect(asked.length).toBe(2)
  last().resolve(results(4))
  await moment()
  expect(found()).toEqual([4])
})

test('a search that fails says so and can be tried again', async () => {
  const { search, last, found } = searching()
  search.seek('roses')
  last().reject(new Unreachable())
  await moment()
  expect(search.phase).toBe('failed')
  expect(search.hopeless).toBeFalse()
  search.retry()
  last().resolve(results(4))
  await moment()
  expect(found()).toEqual([4])
})

test('what is deleted, cleared or out of my reach goes from the results', async () => {
  const { search, last, found } = searching()
  search.seek('roses')
  last().resolve(results(5, 4, 3, 2, 1))
  await moment()
  search.apply({ id: 'e-1', type: 'message.deleted', data: { room_id: ROOM, message_id: 'm4' } })
  expect(found()).toEqual([5, 3, 2, 1])
  search.apply({ id: 'e-2', type: 'room.cleared', data: { room_id: ROOM, room: myRoom(), before_seq: 3 } })
  expect(found()).toEqual([5, 3])
  const left = (user: typeof ADA) => ({
    id: 'e-3',
    type: 'member.left' as const,
    data: {
      room_id: ROOM,
      member: { user, role: 'member' as const, is_muted: false, joined_at: '', last_read_seq: 0 },
    },
  })
  search.apply(left(GRACE))
  expect(found()).toEqual([5, 3])
  search.apply(left(ADA))
  expect(found()).toEqual([])
})
