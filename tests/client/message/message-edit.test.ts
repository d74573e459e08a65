import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createComposing } from '../../../src/client/stores/composing.ts'
import type { Message } from '../../../src/shared/messages.ts'
import { openPage, press, settled } from '../../support/riot.ts'
import { ADA, message } from '../conversation.ts'

const EDIT = '../../src/client/components/message/message-edit.riot'

let browser: ReturnType<typeof openPage>
beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())

async function edit(change: Partial<Message> = {}, save: (text: string) => Promise<void> = async () => {}) {
  const composing = createComposing()
  const one = message(1, { sender_id: ADA.id, content: 'as it was', ...change })
  composing.edit(one.id)
  const saved: string[] = []
  const acts = {
    async edit(_: string, text: string) {
      saved.push(text)
      await save(text)
    },
  }
  const room = { composing, acts: async () => acts }
  const root = await browser.mount(EDIT, { message: one, room })
  const field = root.querySelector('textarea') as HTMLTextAreaElement
  const write = (text: string) => {
    field.value = text
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }
  const text = () => root.textContent?.replace(/\s+/g, ' ') ?? ''
  return { composing, field, room, root, saved, text, write, message: one }
}

test('it begins with what the message says, and Enter saves', async () => {
  const { composing, field, saved, write } = await edit()
  expect(field.value).toBe('as it was')
  write('as it is')
  press(field, 'Enter')
  await settled()
  expect(saved).toEqual(['as it is'])
  expect(composing.editing).toBeNull()
})

test('Esc leaves the message as it was', async () => {
  const { composing, field, saved, write } = await edit()
  write('something else')
  press(field, 'Escape')
  expect([composing.editing, saved]).toEqual([null, []])
})

test('Shift+Enter and the Enter of an input method save nothing', async () => {
  const { composing, field, saved, write } = await edit()
  write('half a word')
  press(field, 'Enter', { shiftKey: true })
  press(field, 'Enter', { isComposing: true })
  press(field, 'Escape', { isComposing: true })
  await settled()
  expect([composing.editing, saved]).toEqual(['m1', []])
})

test('nothing is saved where nothing was changed', async () => {
  const { composing, field, saved } = await edit()
  press(field, 'Enter')
  await settled()
  expect([composing.editing, saved]).toEqual([null, []])
})

test('an empty text is refused in words, unless there are pictures', async () => {
  const { composing, field, saved, text, write } = await edit()
  write('  \n')
  press(field, 'Enter')
  expect(text()).toContain('A message cannot be empty.')
  expect([composing.editing, saved]).toEqual(['m1', []])
  const picture = { id: 'p', url: '/p', mime: 'image/png', bytes: 1, width: 1, height: 1, name: 'p.png' }
  const other = await edit({ attachments: [picture] })
  other.write('')
  press(other.field, 'Enter')
  await settled()
  expect(other.saved).toEqual([''])
})

test('what could not be saved keeps its text and says why', async () => {
  const { composing, field, text, write } = await edit({}, async () => {
    throw new Error('The server cannot be reached.')
  })
  write('precious words')
  press(field, 'Enter')
  await settled()
  expect(text()).toContain('Not saved. The server cannot be reached.')
  expect([composing.editing, field.value]).toEqual(['m1', 'precious words'])
})

test('what was written so far is there again when the row is', async () => {
  const { room, write, message } = await edit()
  write('half done')
  const again = await browser.mount(EDIT, { message, room })
  expect(again.querySelector('textarea')?.value).toBe('half done')
})

test('what was changed elsewhere meanwhile is told, and can be taken', async () => {
  const { room, message } = await edit()
  room.composing.draft = { base: 'as it was', text: 'my words' }
  const root = await browser.mount(EDIT, { message: { ...message, content: 'their words' }, room })
  expect(root.textContent).toContain('changed in another place')
  const take = [...root.querySelectorAll('button')].find(button => button.textContent === 'Use the other text')
  take?.click()
  expect(root.querySelector('textarea')?.value).toBe('their words')
  expect(root.textContent).not.toContain('changed in another place')
})

test('of a message that was deleted meanwhile the words are left to copy, not to save', async () => {
  const { room, message } = await edit()
  room.composing.draft = { base: 'as it was', text: 'my words' }
  const deleted = { ...message, content: '', deleted_at: '2026-11-20T10:00:00.000Z' }
  const root = await browser.mount(EDIT, { message: deleted, room })
  expect(root.textContent).toContain('was deleted meanwhile')
  expect(root.querySelector('textarea')?.value).toBe('my words')
  expect(root.querySelector('[type="submit"]')?.hasAttribute('disabled')).toBeTrue()
})
