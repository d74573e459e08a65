import { beforeEach, expect, test } from 'bun:test'
import type { Bus, LastingEvent, PassingEvent } from '../../src/server/events/bus.ts'
import { createMemoryBus } from '../../src/server/events/memory.ts'
import { newRun } from '../../src/server/messages/run.ts'
import { createSnapshots } from '../../src/server/stream/snapshots.ts'
import type { AiRun, Message, MessageStatus } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'

const MINUTE = 60_000
const CREATED_AT = new Date(0).toISOString()

let bus: Bus
let now: number
let snapshots: ReturnType<typeof createSnapshots>
beforeEach(() => {
  bus = createMemoryBus()
  now = 0
  snapshots = createSnapshots(bus, () => now)
})

const lasting = { id: 1, user_id: null, subject_id: null, created_at: 0 }
const tell = (event: LastingEvent) => bus.publish({ kind: 'lasting', event })
const pass = (event: PassingEvent) => bus.publish({ kind: 'passing', event })

function writes(at: number, text: string, { room_id = 'room', message_id = 'reply' } = {}) {
  pass({ type: 'message.delta', room_id, data: { room_id, message_id, at, text } })
}
function thinksAndSearches() {
  const about = { room_id: 'room', message_id: 'reply' }
  const tool = { id: 'call', name: 'web_search', arguments: {}, duration_ms: null, result: null, error: null }
  pass({ type: 'ai.status', room_id: 'room', data: { ...about, state: 'searching', detail: null } })
  pass({ type: 'ai.reasoning', room_id: 'room', data: { ...about, at: 0, text: 'Hm' } })
  pass({ type: 'ai.tool', room_id: 'room', data: { ...about, tool: { ...tool, status: 'running' } } })
}
function becomes(status: MessageStatus, run: Partial<AiRun> = {}) {
  const asked = { run_id: 'first', trigger_message_id: 'question', requested_by: 'ada', model_id: 'fake/small' }
  const message: Message = {
    id: 'reply',
    room_id: 'room',
    seq: 2,
    hash: '',
    client_id: null,
    sender_id: 'assistant',
    sender_name: 'Assistant',
    sender_kind: 'agent',
    timestamp: CREATED_AT,
    content: '',
    mentions: [],
    reply_to: null,
    attachments: [],
    reactions: [],
    edited_at: null,
    deleted_at: null,
    status,
    ai: { ...newRun(asked), ...run },
  }
  tell({ ...lasting, type: 'message.updated', room_id: 'room', data: { room_id: 'room', message } })
}
const room: Room = {
  id: 'room',
  name: 'Lounge',
  model_id: 'fake/small',
  ai_mode: 'mention',
  system_prompt: '',
  visibility: 'public',
  created_by: 'ada',
  created_at: CREATED_AT,
  deleted_at: null,
  last_seq: 2,
  last_message_at: null,
  member_count: 2,
}
const shown = (room_id = 'room') => snapshots.of(room_id).map(event => event.type)
const texts = (room_id = 'room') =>
  snapshots.of(room_id).flatMap(event => (event.type === 'message.snapshot' ? [event.data.text] : []))

test('a reply is shown until its message is finished', () => {
  thinksAndSearches()
  writes(0, 'One ')
  writes(4, 'two')
  writes(99, 'what nobody knows the beginning of')
  expect(shown()).toEqual(['ai.status', 'ai.reasoning', 'ai.tool', 'message.snapshot'])
  expect(texts()).toEqual(['One two'])
  expect(shown('elsewhere')).toEqual([])
  becomes('complete')
  expect(shown()).toEqual([])
})

test('another answer to the same question begins with nothing, and the wish to stop one changes nothing', () => {
  becomes('streaming')
  thinksAndSearches()
  writes(0, 'The first answer')
  becomes('streaming', { stopped_by: 'ada' })
  expect(texts()).toEqual(['The first answer'])
  // The end of the first run was not heard of.
  becomes('streaming', { run_id: 'second', version: 2 })
  expect(shown()).toEqual([])
  writes(0, 'The second')
  expect(shown()).toEqual(['message.snapshot'])
  becomes('complete', { run_id: 'second', version: 2 })
  becomes('streaming', { run_id: 'third', version: 3 })
  expect(shown()).toEqual([])
})

test('a reply of which nothing is heard for ten minutes is forgotten, and no other', () => {
  writes(0, 'abandoned', { message_id: 'one' })
  writes(0, 'slow ', { message_id: 'other' })
  now += 6 * MINUTE
  writes(5, 'but steady', { message_id: 'other' })
  now += 4 * MINUTE - 1
  expect(texts()).toEqual(['abandoned', 'slow but steady'])
  now += 1
  expect(texts()).toEqual(['slow but steady'])
})

test('what is deleted is forgotten with its message or its room', () => {
  const elsewhere = { room_id: 'elsewhere', message_id: 'another' }
  const about = { ...lasting, room_id: 'room' }
  const endings: LastingEvent[] = [
    { ...about, type: 'message.deleted', data: { room_id: 'room', message_id: 'reply' } },
    { ...about, type: 'room.deleted', data: { room_id: 'room', room } },
    { ...about, type: 'room.cleared', data: { room_id: 'room', room, before_seq: 3 } },
  ]
  writes(0, 'untouched', elsewhere)
  for (const ending of endings) {
    thinksAndSearches()
    writes(0, 'gone')
    tell(ending)
    writes(4, ' and written on')
    expect(shown()).toEqual([])
  }
  expect(texts('elsewhere')).toEqual(['untouched'])
})
