import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { ensureAccount } from '../../src/server/agents/accounts.ts'
import { type Claim, claim, conclude } from '../../src/server/agents/claims.ts'
import type { Database } from '../../src/server/db/database.ts'
import { openDatabase } from '../../src/server/db/open.ts'
import type { LastingEvent } from '../../src/server/events/bus.ts'
import { createLog, type Log } from '../../src/server/events/log.ts'
import { createMemoryBus } from '../../src/server/events/memory.ts'
import { postWithin } from '../../src/server/messages/post.ts'
import { checkpoint, reviseWithin } from '../../src/server/messages/revise.ts'

let folder: string
let db: Database
let log: Log
let turn: Claim
let told: LastingEvent[]
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-claims-'))
  db = await openDatabase('sqlite:chat.db', folder)
  const bus = createMemoryBus()
  log = createLog(db, bus)
  bus.subscribe(signal => {
    if (signal.kind === 'lasting') told.push(signal.event)
  })
})
afterAll(async () => {
  await db.close()
  rmSync(folder, { recursive: true })
})

/** Ada has asked, and the assistant has begun. */
beforeEach(async () => {
  told = []
  const me = await ensureAccount(log, db.tables, { handle: 'assistant', display_name: 'Assistant' })
  const [ada, room_id] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()]
  const { users, rooms, room_members } = db.tables
  const author = { id: ada, display_name: 'Ada', kind: 'human' as const }
  const trigger = await log.write(async (tx, emit) => {
    await tx.insert(users).values({ ...author, handle: ada, role: 'member', created_at: 1 })
    const room = { name: 'R', model_id: 'm', ai_mode: 'always', system_prompt: '', visibility: 'public' } as const
    await tx.insert(rooms).values({ ...room, id: room_id, created_by: ada, created_at: 1 })
    await tx.insert(room_members).values({ room_id, user_id: ada, role: 'owner', joined_at: 1 })
    return (await postWithin(tx, emit, db.tables, { room_id, author, content: 'What?' })).message
  })
  const wake = { room_id, trigger, requested_by: ada, model_id: 'm', rule: 'always', again: null }
  const claimed = await claim(log, db.tables, me, 'boot', wake)
  if (!claimed) throw new Error('Nobody has the turn')
  turn = claimed
  told = []
})

const writes = (content: string) => checkpoint(db, turn.message.id, { content, ai: run() })
const ends = (content: string) => conclude(log, db.tables, turn.message.id, { content, status: 'complete', ai: run() })
function run() {
  if (!turn.message.ai) throw new Error('A reply without its run')
  return turn.message.ai
}
async function stored() {
  const { messages } = db.tables
  const [row] = await db.read.select().from(messages).where(eq(messages.id, turn.message.id))
  return [row?.content, row?.status]
}
const change = (changes: Parameters<typeof reviseWithin>[4]) =>
  log.write((tx, emit) => reviseWithin(tx, emit, db.tables, turn.message.id, changes))

test('what is written is kept, and its end is told', async () => {
  await writes('So')
  expect(await stored()).toEqual(['So', 'streaming'])
  await ends('So it is.')
  expect(await stored()).toEqual(['So it is.', 'complete'])
  expect(told.map(({ type }) => type)).toEqual(['message.updated'])
})

test('a writer that comes too late writes nothing: after the end by force, and after it was deleted', async () => {
  const { messages, agent_sessions } = db.tables
  await writes('So')
  await change({ status: 'stopped' })
  await db.write(tx =>
    tx.update(messages).set({ content: '', ai: null, deleted_at: 1 }).where(eq(messages.id, turn.message.id)),
  )
  told = []
  await writes('So it')
  await ends('So it is.')
  expect(await stored()).toEqual(['', 'stopped'])
  expect(told).toEqual([])
  // What it has cost is no secret.
  const [session] = await db.read.select().from(agent_sessions).where(eq(agent_sessions.id, turn.run_id))
  expect(session?.status).toBe('complete')
})

test('nor into the answer that was asked for instead', async () => {
  await change({ status: 'stopped' })
  await change({ content: '', status: 'streaming', ai: { ...run(), run_id: 'another', version: 2 } })
  told = []
  await writes('So it')
  await ends('So it is.')
  expect(await stored()).toEqual(['', 'streaming'])
  expect(told).toEqual([])
})
