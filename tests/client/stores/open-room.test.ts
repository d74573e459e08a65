import { expect, test } from 'bun:test'
import type { Api, PageQuery } from '../../../src/client/api.ts'
import { createOpenRoom } from '../../../src/client/stores/open-room.ts'
import type { Outbox } from '../../../src/client/stores/outbox.ts'
import type { Rooms } from '../../../src/client/stores/rooms.ts'
import type { StreamEvent } from '../../../src/shared/events.ts'
import type { MessagePage } from '../../../src/shared/messages.ts'
import type { MyRoom } from '../../../src/shared/rooms.ts'
import { ADA, message, myRoom, page, ROOM } from '../conversation.ts'

const stretch = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => message(from + n))

/** A room of which I have read something, and a server that answers with these pages, one after the other. */
function opened(...pages: MessagePage[]) {
  const asked: PageQuery[] = []
  const mine: { room: MyRoom } = { room: myRoom({ last_seq: 100, last_read_seq: 100 }) }
  const api = {
    async messages(_: string, query: PageQuery) {
      asked.push(query)
      return pages.shift() ?? page([])
    },
    async room() {
      return { room: mine.room, members: [], agents: [], presence: {}, message_count: 100, pin_count: 0 }
    },
    usage: async () => ({}),
  } as unknown as Api
  const rooms = { find: () => mine.room, put: () => {} } as unknown as Rooms
  const outbox = { entries: () => [], arrived: () => {} } as unknown as Outbox
  const window = {
    document: { visibilityState: 'visible' },
    setTimeout: (work: () => void) => setTimeout(work, 0),
    clearTimeout,
    requestAnimationFrame: () => 0,
    cancelAnimationFrame: () => {},
  } as unknown as Window
  const room = createOpenRoom(ROOM, { api, rooms, outbox, me: ADA, window })
  const unread = (unread_count: number, last_read_seq: number) => {
    mine.room = { ...mine.room, unread_count, last_read_seq }
  }
  const said = (seq: number) =>
    room.apply({ id: null, type: 'message.created', data: { room_id: ROOM, message: message(seq) } } as StreamEvent)
  return { room, asked, unread, said }
}

test('opens at the end where everything is read, and at the first unread where something is not', async () => {
  const read = opened(page(stretch(51, 100), { has_more_before: true }))
  await read.room.enter()
  expect(read.asked).toEqual([{ limit: 50 }])
  expect(read.room.timeline.opened_at).toBe('end')

  const behind = opened(page(stretch(1, 50), { has_more_after: true }))
  behind.unread(80, 20)
  await behind.room.enter()
  expect(behind.asked).toEqual([{ at: 'unread', limit: 50 }])
  expect(behind.room.read_seq).toBe(20)
})

test('is as it was left for whoever comes back, as long as what is new is there', async () => {
  const { room, asked, unread, said } = opened(page(stretch(51, 100), { has_more_before: true }))
  await room.enter()
  said(101)
  unread(1, 100)
  await room.enter()
  expect(asked).toHaveLength(1)
  expect(room.read_seq).toBe(100)
})

test('is opened anew for whoever comes back when the first that is new is not there any more', async () => {
  const { room, asked, unread, said } = opened(page(stretch(51, 100), { has_more_before: true }))
  await room.enter()
  room.timeline.reads(Number.MAX_SAFE_INTEGER)
  for (let seq = 101; seq <= 500; seq++) said(seq)
  unread(400, 100)
  await room.enter()
  expect(asked.at(-1)).toEqual({ at: 'unread', limit: 50 })
})

test('left in the middle with nothing new, it shows its end', async () => {
  const { room, asked } = opened(page(stretch(1, 50), { has_more_after: true }), page(stretch(51, 100)))
  room.aim('m20')
  await room.enter()
  room.arrive()
  await room.enter()
  expect(asked).toEqual([{ around: 'm20', limit: 50 }, { limit: 50 }])
})
