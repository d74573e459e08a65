import { expect, test } from 'bun:test'
import { Unreachable } from '../../../src/client/api.ts'
import { createInbox } from '../../../src/client/stores/inbox.ts'
import type { StreamEvent } from '../../../src/shared/events.ts'
import type { Inbox, InboxItem } from '../../../src/shared/inbox.ts'
import type { Message } from '../../../src/shared/messages.ts'
import type { MyRoom } from '../../../src/shared/rooms.ts'
import { ADA, GRACE, message, myRoom, ROOM } from '../conversation.ts'

/** Ids in the order of time, as those of the server are. */
const said = (seq: number, change: Partial<Message> = {}) =>
  message(seq, { id: `m${String(seq).padStart(3, '0')}`, mentions: [ADA.id], ...change })
const item = (seq: number): InboxItem => ({ message: said(seq), room: myRoom(), reason: 'mention', is_unread: false })
const page = (has_more: boolean, ...seqs: number[]): Inbox => ({ items: seqs.map(item), has_more })
const moment = () => new Promise(resolve => setTimeout(resolve, 0))
const created = (message: Message): StreamEvent => ({
  id: 'e-1',
  type: 'message.created',
  data: { room_id: ROOM, message },
})
const updated = (message: Message): StreamEvent => ({ ...created(message), type: 'message.updated' }) as StreamEvent

/** An inbox whose pages come when the test says so. */
function reading() {
  const asked: { before: string | undefined; answer: PromiseWithResolvers<Inbox> }[] = []
  let room: MyRoom | null = myRoom({ last_read_seq: 50 })
  const inbox = createInbox({
    load: before => {
      const answer = Promise.withResolvers<Inbox>()
      asked.push({ before, answer })
      return answer.promise
    },
    rooms: { find: () => room },
    my_id: ADA.id,
  })
  const seqs = () => inbox.items.map(({ message }) => message.seq)
  const answers = async (page: Inbox) => {
    asked[asked.length - 1]?.answer.resolve(page)
    await moment()
  }
  return { inbox, asked, seqs, answers, reads: (seq: number) => (room = room && { ...room, last_read_seq: seq }) }
}

async function open(page: Inbox) {
  const all = reading()
  void all.inbox.open()
  await all.answers(page)
  return all
}

test('has the newest first, and older ones on demand, each once', async () => {
  const { inbox, asked, seqs, answers } = await open(page(true, 60, 55, 40))
  expect(seqs()).toEqual([60, 55, 40])
  void inbox.extend()
  void inbox.extend()
  expect(asked.map(({ before }) => before)).toEqual([undefined, 'm040'])
  await answers(page(false, 40, 12))
  expect(seqs()).toEqual([60, 55, 40, 12])
  expect(inbox.has_more).toBeFalse()
})

test('what I have not read is marked until I read it', async () => {
  const { inbox, reads } = await open(page(false, 60, 40))
  const unread = () => inbox.items.filter(item => inbox.isUnread(item)).map(({ message }) => message.seq)
  expect(unread()).toEqual([60])
  reads(60)
  expect(unread()).toEqual([])
})

test('takes in what comes for me, and nothing else', async () => {
  const { inbox, seqs } = await open(page(false, 60))
  inbox.apply(created(said(61, { mentions: [] })))
  inbox.apply(created(said(62, { mentions: [GRACE.id] })))
  inbox.apply(created(said(63, { sender_id: ADA.id })))
  inbox.apply(created(said(64)))
  inbox.apply(created(said(65, { mentions: [], reply_to: 'm1', reply_to_sender_id: ADA.id })))
  inbox.apply(created(said(64)))
  expect(seqs()).toEqual([65, 64, 60])
  expect(inbox.items.map(({ reason }) => reason)).toEqual(['reply', 'mention', 'mention'])
})

test('an edit shows, and may bring a message in or out', async () => {
  const { inbox, seqs } = await open(page(true, 60, 40))
  inbox.apply(updated(said(60, { content: 'mended' })))
  expect(inbox.items[0]?.message.content).toBe('mended')
  inbox.apply(updated(said(60, { mentions: [] })))
  inbox.apply(updated(said(50)))
  expect(seqs()).toEqual([50, 40])
  // Older than what is loaded: it comes with its page.
  inbox.apply(updated(said(30)))
  expect(seqs()).toEqual([50, 40])
})

test('what is deleted, cleared or out of my reach is gone', async () => {
  const { inbox, seqs } = await open(page(false, 60, 55, 50, 45))
  inbox.apply({ id: 'e-1', type: 'message.deleted', data: { room_id: ROOM, message_id: 'm055' } })
  inbox.apply({ id: 'e-2', type: 'room.cleared', data: { room_id: ROOM, room: myRoom(), before_seq: 50 } })
  expect(seqs()).toEqual([60, 50])
  inbox.apply({ id: 'e-3', type: 'room.deleted', data: { room_id: ROOM, room: myRoom() } })
  expect(seqs()).toEqual([])
})

test('a page that was asked for before something happened is asked for again', async () => {
  const { inbox, asked, seqs, answers } = reading()
  void inbox.open()
  inbox.apply(created(said(61)))
  await answers(page(false, 60))
  expect(asked.length).toBe(2)
  await answers(page(false, 61, 60))
  expect(seqs()).toEqual([61, 60])
})

test('a failure says so, and leaves what is there', async () => {
  const { inbox, asked, seqs, answers } = reading()
  void inbox.open()
  asked[0]?.answer.reject(new Unreachable())
  await moment()
  expect(inbox.phase).toBe('failed')
  void inbox.open()
  await answers(page(true, 60))
  void inbox.extend()
  asked[2]?.answer.reject(new Unreachable())
  await moment()
  expect(inbox.stuck).toBe('The server cannot be reached.')
  expect(seqs()).toEqual([60])
})
