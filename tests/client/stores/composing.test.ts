import { expect, test } from 'bun:test'
import { createComposing } from '../../../src/client/stores/composing.ts'
import type { StreamEvent } from '../../../src/shared/events.ts'
import { ADA, message, ROOM } from '../conversation.ts'

function composing() {
  const it = createComposing()
  let changes = 0
  it.subscribe(() => changes++)
  const says = (type: StreamEvent['type'], data: object) =>
    it.apply({ id: 'e-2', type, data: { room_id: ROOM, ...data } } as StreamEvent)
  return { it, says, changes: () => changes }
}

test('an answer follows what it answers, and is called off when that is deleted', () => {
  const { it, says } = composing()
  it.reply(message(1))
  says('message.updated', { message: message(1, { content: 'in other words' }) })
  expect(it.reply_to?.content).toBe('in other words')
  says('message.deleted', { message_id: 'm2' })
  expect(it.reply_to?.id).toBe('m1')
  says('message.deleted', { message_id: 'm1' })
  expect(it.reply_to).toBeNull()
})

test('an edit stays, with what is written of it, when its message is deleted', () => {
  const { it, says, changes } = composing()
  it.edit(message(1, { sender_id: ADA.id }).id)
  it.draft = { base: 'text 1', text: 'precious words' }
  says('message.deleted', { message_id: 'm1' })
  expect([it.editing, it.draft, changes()]).toEqual(['m1', { base: 'text 1', text: 'precious words' }, 1])
})

test('nothing stays of a room that is cleared', () => {
  const { it, says } = composing()
  it.edit('m1')
  says('room.cleared', { before_seq: 2 })
  expect(it.editing).toBeNull()
})
