import { afterAll, beforeAll, expect, test } from 'bun:test'
import { neighbour } from '../../../src/client/components/room-list/order.ts'
import { shortcutOf } from '../../../src/client/pages/shortcuts.ts'
import { openPage } from '../../support/riot.ts'
import { myRoom } from '../conversation.ts'

let browser: ReturnType<typeof openPage>
beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())

/** What a key means, pressed in an element. */
function pressed(key: string, modifiers: KeyboardEventInit = {}, within = 'div') {
  const element = document.createElement(within)
  document.body.append(element)
  let found: unknown
  element.addEventListener('keydown', event => {
    found = shortcutOf(event)
  })
  element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...modifiers }))
  return found
}

test('the switcher comes by Ctrl or Cmd with K, from a field too', () => {
  expect(pressed('k', { ctrlKey: true }, 'textarea')).toEqual({ kind: 'switcher' })
  expect(pressed('K', { metaKey: true })).toEqual({ kind: 'switcher' })
  expect(pressed('k', { ctrlKey: true, shiftKey: true })).toBeNull()
  expect(pressed('k', { ctrlKey: true, altKey: true })).toBeNull()
  expect(pressed('k')).toBeNull()
})

test('a question mark is help, but not where it is a question', () => {
  expect(pressed('?', { shiftKey: true })).toEqual({ kind: 'help' })
  expect(pressed('?', {}, 'button')).toEqual({ kind: 'help' })
  for (const field of ['textarea', 'input', 'select']) expect(pressed('?', {}, field)).toBeNull()
})

test('Alt with an arrow steps, with Shift to the unread', () => {
  expect(pressed('ArrowDown', { altKey: true }, 'textarea')).toEqual({ kind: 'step', by: 1, unread: false })
  expect(pressed('ArrowUp', { altKey: true, shiftKey: true })).toEqual({ kind: 'step', by: -1, unread: true })
  expect(pressed('ArrowUp')).toBeNull()
  expect(pressed('ArrowUp', { altKey: true, ctrlKey: true })).toBeNull()
})

test('steps go round the ends; those to the unread pass what I do not want to hear of', () => {
  const rooms = [
    myRoom({ id: 'a' }),
    myRoom({ id: 'b', unread_count: 3, notify: 'nothing' }),
    myRoom({ id: 'c', unread_count: 1 }),
  ]
  const from = (current: string | null, step: 1 | -1, unread = false) => neighbour(rooms, current, step, unread)?.id
  expect([from('a', 1), from('c', 1), from('a', -1), from(null, -1)]).toEqual(['b', 'a', 'c', 'c'])
  expect([from('a', 1, true), from('c', 1, true)]).toEqual(['c', undefined])
})
