import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { createComposing } from '../../../src/client/stores/composing.ts'
import { createDrafts } from '../../../src/client/stores/drafts.ts'
import { createObservable } from '../../../src/client/stores/observable.ts'
import type { Message } from '../../../src/shared/messages.ts'
import { openPage, press, settled } from '../../support/riot.ts'
import { ADA, ASSISTANT, GRACE, message, myRoom, ROOM } from '../conversation.ts'

const COMPOSER = '../../src/client/components/composer/message-composer.riot'

let browser: ReturnType<typeof openPage>
let composer: HTMLElement
let sent: string[]
let announced: number
let stops: number
let muted: boolean
let composing: ReturnType<typeof createComposing>
let entries: object[]
let at_newest: boolean
let called: string[]
let changes: object[]
let pictures: { all: object[]; settled: boolean; take: () => string[] } | null

beforeAll(async () => {
  browser = openPage()
  // It comes with the first character that asks for it; here it has come before.
  await import('../../../src/client/components/composer/assist.ts')
})
afterAll(() => browser.close())

const area = () => composer.querySelector('textarea') as HTMLTextAreaElement
const send = () => composer.querySelector('button[type="submit"]') as HTMLButtonElement
const offered = () => [...composer.querySelectorAll('[role="option"]')].map(option => option.getAttribute('data-key'))
const chip = () => composer.querySelector('#composer-forecast')?.textContent?.trim()

async function types(text: string) {
  area().value = text
  area().setSelectionRange(text.length, text.length)
  area().dispatchEvent(new Event('input', { bubbles: true }))
  await settled()
}

async function open(role: 'owner' | 'member' = 'owner') {
  sent = []
  called = []
  changes = []
  announced = 0
  stops = 0
  composing = createComposing()
  const { subscribe } = createObservable()
  const members = [ADA, GRACE].map(user => ({ user, role: 'member', is_muted: muted, joined_at: '', last_read_seq: 0 }))
  if (members[0]) members[0].role = role
  const people = [ADA, GRACE, ASSISTANT]
  composer = await browser.mount(COMPOSER, {
    app: {
      api: {
        room: async () => ({ message_count: 12, room: myRoom() }),
        messages: async () => ({ messages: [message(7, { content: 'Roses?' })] }),
      },
    },
    room: {
      id: ROOM,
      composing,
      pictures: pictures && { subscribe, ...pictures },
      timeline: { entries: () => entries },
      typing: { subscribe, names: () => [], announce: () => announced++, pause: () => {} },
      details: {
        subscribe,
        members,
        people,
        agents: [ASSISTANT],
        member: (id: string) => members.find(({ user }) => user.id === id) ?? null,
        nameOf: (id: string) => people.find(user => user.id === id)?.display_name ?? null,
      },
    },
    desk: {
      me: ADA,
      drafts: createDrafts(localStorage, ADA.id),
      models: { list: [{ id: 'some/model-5', name: 'Model 5' }] },
      rooms: {
        settingsOf: () => ({ subscribe }),
        find: () => myRoom(),
        nameOf: () => '#garden',
        change: async (_: string, change: object) => changes.push(change),
      },
    },
    me: ADA.id,
    name: '#garden',
    send: ({ content, attachments, reply_to }: { content: string; attachments: string[]; reply_to: Message | null }) =>
      sent.push([content, ...attachments, ...(reply_to ? [`to ${reply_to.id}`] : [])].join(' + ')),
    stop: () => ++stops > 0,
    atNewest: () => at_newest,
  })
  composer.addEventListener('call-dialog', event => called.push((event as CustomEvent).detail.name))
}
beforeEach(async () => {
  localStorage.clear()
  muted = false
  at_newest = true
  entries = [{ delivery: 'sent', message: message(1) }]
  pictures = null
  await open()
})

test('Enter sends and empties the field', async () => {
  await types('hello')
  press(area(), 'Enter')
  expect(sent).toEqual(['hello'])
  expect(area().value).toBe('')
})

test('Shift+Enter does not send', async () => {
  await types('hello')
  press(area(), 'Enter', { shiftKey: true })
  expect(sent).toEqual([])
})

test('an Enter of the input method does not send', async () => {
  await types('こんに')
  press(area(), 'Enter', { isComposing: true })
  press(area(), 'Enter', { keyCode: 229 })
  expect(sent).toEqual([])
})

test('nothing but blanks, and too much, cannot be sent', async () => {
  await types('  \n ')
  press(area(), 'Enter')
  expect(send().disabled).toBeTrue()
  await types('x'.repeat(16_001))
  press(area(), 'Enter')
  expect(send().disabled).toBeTrue()
  expect(composer.querySelector('.length')?.textContent).toStartWith('Too long by 1 character')
  expect(sent).toEqual([])
})

test('a name is taken from the list with the keyboard', async () => {
  await types('hi @')
  expect(offered()).toEqual(['grace', 'assistant'])
  press(area(), 'ArrowDown')
  expect(area().getAttribute('aria-activedescendant')).toBe('composer-option-1')
  press(area(), 'Enter')
  expect(area().value).toBe('hi @assistant ')
  expect(offered()).toEqual([])
  expect(sent).toEqual([])
})

test('a name that is typed to its end needs no taking', async () => {
  await types('hi @grace')
  expect(offered()).toEqual(['grace'])
  press(area(), 'Enter')
  expect(sent).toEqual(['hi @grace'])
})

test('Escape closes the list and keeps the text', async () => {
  await types('hi @gr')
  press(area(), 'Escape')
  expect(offered()).toEqual([])
  expect(area().value).toBe('hi @gr')
})

test('Escape in an empty field stops the answer, after it has closed the list', async () => {
  await types('@gr')
  press(area(), 'Escape')
  press(area(), 'Escape')
  expect(stops).toBe(0)
  await types('')
  press(area(), 'Escape')
  expect(stops).toBe(1)
})

test('the chip says what the message will lead to', async () => {
  expect(chip()).toBe('Assistant will stay quiet — mention it to ask')
  await types('hi @assistant')
  expect(chip()).toBe('Assistant will answer')
})

test('a draft outlives the page, what was sent does not come back', async () => {
  await types('unfinished')
  await open()
  expect(area().value).toBe('unfinished')
  press(area(), 'Enter')
  await open()
  expect(area().value).toBe('')
})

test('others are told that somebody writes', async () => {
  await types('h')
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
  expect(send()).toBeNull()
  expect(composer.querySelector('[role="status"]')?.textContent?.trim()).toStartWith('You are muted in this room')
  press(area(), 'Enter')
  expect(sent).toEqual([])
})

const bar = () => composer.querySelector('reply-bar')?.textContent?.replace(/\s+/g, ' ').trim()
const notice = () => composer.querySelector('.notice-line')?.textContent?.replace(/\s+/g, ' ').trim()
const button = (name: string) =>
  [...composer.querySelectorAll('button')].find(it => (it.getAttribute('aria-label') ?? it.textContent) === name)

describe('a reply', () => {
  const replies = async (to: Message) => {
    composing.reply(to)
    await settled()
  }

  test('stands above the field, has the focus there, and goes along with the message', async () => {
    await replies(message(7, { content: 'Shall we **plant** roses?\nOr tulips?' }))
    expect(bar()).toBe('Replying to Grace Hopper: Shall we plant roses? Or tulips?')
    expect(document.activeElement).toBe(area())
    await types('roses')
    press(area(), 'Enter')
    expect(sent).toEqual(['roses + to m7'])
    await settled()
    expect(bar()).toBeUndefined()
  })

  test('can be called off with its button, and with Escape before that stops an answer', async () => {
    await replies(message(7))
    button('Cancel the reply')?.click()
    await settled()
    expect(composing.reply_to).toBeNull()
    await replies(message(7))
    await types('@gr')
    press(area(), 'Escape')
    expect([offered(), composing.reply_to?.id]).toEqual([[], 'm7'])
    press(area(), 'Escape')
    await settled()
    expect([area().value, bar(), stops]).toEqual(['@gr', undefined, 0])
    await types('')
    press(area(), 'Escape')
    expect(stops).toBe(1)
  })

  test('to a person keeps the assistant quiet, to the assistant wakes it', async () => {
    await replies(message(7))
    expect(chip()).toContain('the message replies to Grace Hopper')
    await replies(message(8, { sender_id: ASSISTANT.id, sender_kind: 'agent', sender_name: 'Assistant' }))
    expect(chip()).toBe('Assistant will answer')
  })

  test('is still there after a reload, as the draft is', async () => {
    await replies(message(7))
    await types('yes')
    await open()
    await settled()
    expect([area().value, bar()]).toEqual(['yes', 'Replying to Grace Hopper: Roses?'])
    press(area(), 'Enter')
    await open()
    await settled()
    expect([sent, bar()]).toEqual([[], undefined])
  })

  test('to a picture says so', async () => {
    await replies(message(7, { content: '', attachments: [{} as Message['attachments'][number]] }))
    expect(bar()).toBe('Replying to Grace Hopper: a picture')
  })
})

describe('Up', () => {
  const mine = (seq: number, change: Partial<Message> = {}) => ({
    delivery: 'sent',
    message: message(seq, { sender_id: ADA.id, ...change }),
  })
  beforeEach(() => {
    entries = [mine(1), mine(2), { delivery: 'sent', message: message(3) }]
  })

  test('in an empty field edits what I said last, and walks no further', () => {
    press(area(), 'ArrowUp')
    expect(composing.editing).toBe('m2')
    composing.cancel()
    press(area(), 'ArrowUp', { repeat: true })
    expect(composing.editing).toBeNull()
  })

  test('does nothing with text in the field, away from the end, or on what is deleted or on its way', async () => {
    await types('x')
    press(area(), 'ArrowUp')
    await types('')
    at_newest = false
    press(area(), 'ArrowUp')
    at_newest = true
    entries = [mine(1), { ...mine(2), delivery: 'pending' }]
    press(area(), 'ArrowUp')
    expect(composing.editing).toBeNull()
    entries = [mine(1), mine(2, { deleted_at: '2026-11-20T10:00:00.000Z' })]
    press(area(), 'ArrowUp')
    expect(composing.editing).toBe('m1')
  })
})

describe('a command', () => {
  const gives = async (text: string) => {
    await types(text)
    press(area(), 'Escape')
    press(area(), 'Enter')
    await settled()
  }

  test('is found by its first letters and taken with the keyboard', async () => {
    await types('/')
    expect(offered()).toEqual(['me', 'topic', 'model', 'invite', 'mute', 'clear', 'leave', 'help'])
    await types('/m')
    expect(offered()).toEqual(['me', 'model', 'mute'])
    press(area(), 'ArrowDown')
    press(area(), 'Tab')
    await settled()
    expect(area().value).toBe('/model ')
    expect(offered()).toEqual(['some/model-5'])
    expect(composer.querySelector('.hint')?.textContent).toContain('/model name')
    press(area(), 'Enter')
    press(area(), 'Enter')
    await settled()
    expect(changes).toEqual([{ model_id: 'some/model-5' }])
    expect(notice()).toContain('some/model-5 answers from now on.')
    expect([area().value, sent.length]).toEqual(['', 0])
  })

  test('without its argument says what is missing', async () => {
    await types('/me')
    press(area(), 'Enter')
    await settled()
    expect(notice()).toContain('Say what you do, as in /me waves.')
  })

  test('typed to its end is carried out by Enter', async () => {
    await types('/help')
    press(area(), 'Enter')
    await settled()
    expect(notice()).toContain('/clear')
    expect(area().value).toBe('')
  })

  test('that I may not give is not offered, and refused in words', async () => {
    await open('member')
    await types('/')
    expect(offered()).toEqual(['me', 'invite', 'leave', 'help'])
    await gives('/clear')
    expect(notice()).toContain('Only the owner of the room and admins can do that.')
    expect([called, area().value]).toEqual([[], '/clear'])
  })

  test('that clears asks first', async () => {
    await gives('/clear')
    expect(called).toEqual(['sure'])
  })

  test('that is none keeps the text, which can be sent as it is', async () => {
    await gives('/shrug it off')
    expect(notice()).toContain('There is no command /shrug.')
    expect(area().value).toBe('/shrug it off')
    button('Send as text')?.click()
    expect(sent).toEqual(['/shrug it off'])
    expect(area().value).toBe('')
  })

  test.each([
    ['//help me', '/help me'],
    [' /help me', ' /help me'],
    ['/etc/hosts is wrong', '/etc/hosts is wrong'],
  ])('is not meant by %j', async (typed, posted) => {
    await gives(typed)
    expect(sent).toEqual([posted])
  })

  test('/me says what I do', async () => {
    await gives('/me waves at @grace')
    expect(sent).toEqual(['*waves at @grace*'])
  })
})

describe('an emoji', () => {
  test('is found by its name and put in', async () => {
    await types('well done :tad')
    await until(() => offered().length)
    expect(offered()[0]).toBe('tada')
    press(area(), 'Enter')
    expect(area().value).toBe('well done 🎉 ')
    expect(sent).toEqual([])
  })

  test.each(['at 10:30', 'x:tada', '`:tada', '```\n:tada', 'http://a:tada', ':t'])(
    'is not offered in %j',
    async text => {
      await types(':tada')
      await until(() => offered().length)
      await types(text)
      expect(offered()).toEqual([])
    },
  )
})

async function until(look: () => unknown) {
  for (let turn = 0; turn < 400 && !look(); turn += 1) await settled()
}
