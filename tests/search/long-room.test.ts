import { Database as Connection } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Room } from '../../src/shared/rooms.ts'
import { SearchResults } from '../../src/shared/search.ts'
import { writeConversation } from '../support/long-conversation.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const COUNT = 20_500
const DAY_MS = 86_400_000

let server: TestServer
let ada: Person
let grace: Person
let room: Room
/** The day after the oldest messages. */
let day: string
beforeAll(async () => {
  server = await startTestServer()
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  room = await ada.creates({ name: 'Long', ai_mode: 'off' })
  await grace.joins(room)
  for (let n = 0; n < 5; n++) await ada.says(await ada.creates({ ai_mode: 'off' }), 'elsewhere')
  const says = (seq: number) => (seq <= 40 ? `the oldest 東京 ${seq}` : seq % 1000 === 0 ? `qk ${seq}` : `talk ${seq}`)
  const every = { picture: 5_000, reply: COUNT, reaction: COUNT, mention: COUNT }
  writeConversation(server.dataDir, { room_id: room.id, count: COUNT, authors: [ada.user], says, every })
  const database = new Connection(join(server.dataDir, 'chat.db'))
  database.run('PRAGMA busy_timeout = 5000')
  database.run('UPDATE messages SET sender_id = ? WHERE room_id = ? AND seq IN (7, 9)', [grace.user.id, room.id])
  const oldest = database
    .query<{ at: number }, [string]>('SELECT created_at AS at FROM messages WHERE room_id = ? AND seq = 40')
    .get(room.id)
  day = new Date((oldest?.at ?? 0) + DAY_MS).toISOString().slice(0, 10)
  const waiting = database.query<{ n: number }, []>('SELECT count(*) AS n FROM search_queue')
  while (waiting.get()?.n) await Bun.sleep(50)
  database.close()
}, 60_000)
afterAll(() => server.stop())

async function asks(q: string, limit = 3) {
  const answer = await ada.must('GET', `/api/search?q=${encodeURIComponent(q)}&limit=${limit}`)
  const { results, is_partial } = SearchResults.parse(answer)
  return { seqs: results.map(({ message }) => message.seq), is_partial }
}

test('operators alone find what is old, however much came after it', async () => {
  expect(await asks(`from:${grace.user.handle}`)).toEqual({ seqs: [9, 7], is_partial: undefined })
  expect(await asks(`from:${grace.user.handle} before:${day} in:long`)).toMatchObject({ seqs: [9, 7] })
  expect((await asks(`before:${day}`)).seqs).toHaveLength(3)
  expect(await asks('in:long')).toMatchObject({ seqs: [COUNT, COUNT - 1, COUNT - 2] })
  expect(await asks('has:image', 5)).toEqual({ seqs: [20_000, 15_000, 10_000, 5_000], is_partial: undefined })
  expect(await asks('has:image qk')).toMatchObject({ seqs: [20_000, 15_000, 10_000] })
  expect(await asks('has:image zz')).toEqual({ seqs: [], is_partial: undefined })
})

test('two letters are looked for in the newest messages that fit in all else, and it is said where that was not all', async () => {
  expect(await asks('東京')).toEqual({ seqs: [], is_partial: true })
  expect(await asks('the 東京')).toEqual({ seqs: [40, 39, 38], is_partial: undefined })
  expect(await asks(`東京 from:${grace.user.handle}`)).toEqual({ seqs: [9, 7], is_partial: undefined })
  expect((await asks(`東京 before:${day}`)).seqs).toEqual([40, 39, 38])
  expect(await asks('qk')).toEqual({ seqs: [20_000, 19_000, 18_000], is_partial: undefined })
  expect(await asks('qk', 50)).toMatchObject({ is_partial: true })
  expect(await asks('talk zz')).toEqual({ seqs: [], is_partial: true })
})
