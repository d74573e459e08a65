import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { createDrafts } from '../../../src/client/stores/drafts.ts'
import { createObservable } from '../../../src/client/stores/observable.ts'
import { openPage, press, settled } from '../../support/riot.ts'
import { ADA, ASSISTANT, GRACE, message, myRoom, ROOM } from '../conversation.ts'

const COMPOSER = '../../src/client/components/composer/message-composer.riot'

let browser: ReturnType<typeof openPage>
let composer: HTMLElement
let sent: string[]
let announced: number
let stops: number
let muted: boolean
let pictures: { all: object[]; settled: boolean; take: () => string[] } | null

beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())

const area = () => composer.querySelector('textarea') as HTMLTextAreaElement
const send = () => composer.querySelector('button[type="submit"]') as HTMLButtonElement
const offered = () =>
  [...composer.querySelectorAll('[role="option"]')].map(option => option.getAttribute('data-handle'))
const chip = () => composer.querySelector('#composer-forecast')?.textContent?.trim()

function types(text: string) {
  area().value = text
  area().setSelectionRange(text.length, text.length)
  area().dispatchEvent(new Event('input', { bubbles: true }))
}

async function open() {
  sent = []
  announced = 0
  stops = 0
  const { subscribe } = createObservable()
  const members = [ADA, GRACE].map(user => ({ user, role: 'member', is_muted: muted, joined_at: '', last_read_seq: 0 }))
  composer = await browser.mount(COMPOSER, {
    room: {
      id: ROOM,
      pictures: pictures && { subscribe, ...pictures },
      timeline: { entries: () => [{ message: message(1) }] },
      typing: { subscribe, names: () => [], announce: () => announced++, pause: () => {} },
      details: { subscribe, members, agents: [ASSISTANT], people: [ADA, GRACE, ASSISTANT], member: () => members[0] },
    },
    desk: { drafts: createDrafts(localStorage, ADA.id), rooms: { subscribe, find: () => myRoom() } },
    me: ADA.id,
    name: 'garden',
    send: ({ content, attachments }: { content: string; attachments: string[] }) =>
      sent.push([content, ...attachments].join(' + ')),
    stop: () => ++stops > 0,
  })
}
beforeEach(async () => {
  localStorage.clear()
  muted = false
  pictures = null
  await open()
})

test('Enter sends and empties the field', () => {
  types('hello')
  press(area(), 'Enter')
  expect(sent).toEqual(['hello'])
  expect(area().value).toBe('')
})

test('Shift+Enter does not send', () => {
  types('hello')
  press(area(), 'Enter', { shiftKey: true })
  expect(sent).toEqual([])
})

test('an Enter of the input method does not send', () => {
  types('こんに')
  press(area(), 'Enter', { isComposing: true })
  press(area(), 'Enter', { keyCode: 229 })
  expect(sent).toEqual([])
})

test('nothing but blanks, and too much, cannot be sent', () => {
  types('  \n ')
  press(area(), 'Enter')
  expect(send().disabled).toBeTrue()
  types('x'.repeat(16_001))
  press(area(), 'Enter')
  expect(send().disabled).toBeTrue()
  expect(composer.querySelector('.length')?.textContent).toStartWith('Too long by 1 character')
  expect(sent).toEqual([])
})

test('a name is taken from the list with the keyboard', () => {
  types('hi @')
  expect(offered()).toEqual(['grace', 'assistant'])
  press(area(), 'ArrowDown')
  expect(area().getAttribute('aria-activedescendant')).toBe('mention-option-1')
  press(area(), 'Enter')
  expect(area().value).toBe('hi @assistant ')
  expect(offered()).toEqual([])
  expect(sent).toEqual([])
})

test('Escape closes the list and keeps the text', () => {
  types('hi @gr')
  press(area(), 'Escape')
  expect(offered()).toEqual([])
  expect(area().value).toBe('hi @gr')
})

test('Escape in an empty field stops the answer, after it has closed the list', () => {
  types('@gr')
  press(area(), 'Escape')
  press(area(), 'Escape')
  expect(stops).toBe(0)
  types('')
  press(area(), 'Escape')
  expect(stops).toBe(1)
})

test('the chip says what the message will lead to', () => {
  expect(chip()).toBe('Assistant will stay quiet — mention it to ask')
  types('hi @assistant')
  expect(chip()).toBe('Assistant will answer')
})

test('a draft outlives the page, what was sent does not come back', async () => {
  types('unfinished')
  await open()
  expect(area().value).toBe('unfinished')
  press(area(), 'Enter')
  await open()
  expect(area().value).toBe('')
})

test('others are told that somebody writes', async () => {
  types('h')
  await settled()
  expect(announced).toBe(1)
})

test('pictures alone make a message, once they are all there', async () => {
  pictures = { all: [{}], settled: false, take: () => ['a picture'] }
  await open()
  press(area(), 'Enter')
  expect(send().disabled).toBeTrue()
  pictures = { ...pictures, settled: true }
  await open()
  expect(send().disabled).toBeFalse()
  press(area(), 'Enter')
  expect(sent).toEqual([' + a picture'])
})

test('who is muted is told so, and can write nothing', async () => {
  localStorage.setItem(`draft:${ADA.id}:${ROOM}`, 'from before')
  muted = true
  await open()
  expect(area().disabled).toBeTrue()
  expect(send().disabled).toBeTrue()
  expect(composer.querySelector('[role="status"]')?.textContent?.trim()).toStartWith('You are muted in this room')
  press(area(), 'Enter')
  expect(sent).toEqual([])
})
