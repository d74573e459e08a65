import { afterAll, beforeAll, expect, test } from 'bun:test'
import { keyGroups } from '../../../src/client/components/help/key-groups.ts'
import { meansTheEnd } from '../../../src/client/components/timeline/end-key.ts'
import { openPage } from '../../support/riot.ts'

let browser: ReturnType<typeof openPage>
beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())

/** Whether the conversation takes a key for its end that is pressed in this. */
function leads(html: string, init: KeyboardEventInit = {}, prevented = false) {
  const log = document.createElement('div')
  log.innerHTML = html
  document.body.append(log)
  const target = log.querySelector('[data-here]') ?? log
  if (prevented) target.addEventListener('keydown', event => event.preventDefault())
  let found: boolean | undefined
  log.addEventListener('keydown', event => {
    found = meansTheEnd(event)
  })
  target.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true, cancelable: true, ...init }))
  return found
}

test('End leads to the end from the conversation and from a message', () => {
  expect(leads('')).toBeTrue()
  expect(leads('<article data-here></article>')).toBeTrue()
  expect(leads('<article><button data-here></button></article>')).toBeTrue()
})

test.each([
  '<textarea data-here></textarea>',
  '<input data-here>',
  '<div role="menu"><button data-here></button></div>',
])('in %s it means what it always means', html => expect(leads(html)).toBeFalse())

test('other keys, End with another key, and what somebody has heard already lead nowhere', () => {
  expect(leads('', { key: 'Home' })).toBeFalse()
  for (const modifier of ['altKey', 'ctrlKey', 'metaKey', 'shiftKey'])
    expect(leads('', { [modifier]: true })).toBeFalse()
  expect(leads('<article data-here></article>', {}, true)).toBeFalse()
})

test('the help tells of it', () => {
  const keys = keyGroups().flatMap(group => group.keys)
  expect(keys.find(({ keys: [key] }) => key === 'End')?.words).toStartWith('The newest message')
})
