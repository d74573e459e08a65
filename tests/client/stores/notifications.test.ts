import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { createNotificationChoice, type NotifyingWindow } from '../../../src/client/stores/notification-choice.ts'
import { createNotifications } from '../../../src/client/stores/notifications.ts'
import { createObservable } from '../../../src/client/stores/observable.ts'
import type { StreamEvent } from '../../../src/shared/events.ts'
import type { Message } from '../../../src/shared/messages.ts'
import type { MyRoom } from '../../../src/shared/rooms.ts'
import { ADA, GRACE, message, myRoom, ROOM, reply } from '../conversation.ts'

const NOW = Date.UTC(2026, 10, 20, 9, 30)
const moment = () => new Promise(resolve => setTimeout(resolve, 2))
const news = (change: Partial<Message> = {}) =>
  message(9, { timestamp: new Date(NOW).toISOString(), mentions: [ADA.id], ...change })

/** Locks as browsers share them among the tabs of a site. */
function createLocks() {
  type Held = { name: string; mode: LockMode; free: () => void }
  let held: Held[] = []
  const waiting: (() => boolean)[] = []
  const settle = () => {
    for (const attempt of [...waiting]) if (attempt()) waiting.splice(waiting.indexOf(attempt), 1)
  }
  return {
    request(name: string, { mode }: { mode: LockMode }, run: () => Promise<void>) {
      return new Promise<void>(resolve => {
        waiting.push(() => {
          const others = held.filter(lock => lock.name === name)
          if (others.length && (mode === 'exclusive' || others.some(lock => lock.mode === 'exclusive'))) return false
          const lock: Held = { name, mode, free: resolve }
          held.push(lock)
          void run().then(() => {
            held = held.filter(one => one !== lock)
            resolve()
            settle()
          })
          return true
        })
        settle()
      })
    },
    query: async () => ({ held }),
  }
}

type Told = { title: string; body: string; tag: string; is_open: boolean; click: () => void }

/** A browser with its tabs. */
function browser() {
  const locks = createLocks()
  const told: Told[] = []
  class Notification {
    static permission = 'granted'
    onclick = () => {}
    readonly entry: Told
    constructor(title: string, { body, tag }: { body: string; tag: string }) {
      this.entry = { title, body, tag, is_open: true, click: () => this.onclick() }
      told.push(this.entry)
    }
    close() {
      this.entry.is_open = false
    }
  }
  const tabs: { stop: () => void }[] = []

  function tab({ looks = false, room: change = {} }: { looks?: boolean; room?: Partial<MyRoom> } = {}) {
    let room = myRoom({ unread_count: 1, last_read_seq: 8, ...change })
    let open_room: string | null = ROOM
    let is_here = true
    const { subscribe, changed } = createObservable()
    const choice = { standing: 'on' as const, shows_text: true, giveUp: () => {} }
    const went: string[] = []
    const document = Object.assign(new EventTarget(), { visibilityState: 'visible', hasFocus: () => looks })
    const window = Object.assign(new EventTarget(), {
      document,
      navigator: { locks },
      Notification,
      focus: () => went.push('here'),
    })
    const notifications = createNotifications({
      window: window as unknown as NotifyingWindow,
      my_id: ADA.id,
      rooms: { find: id => (is_here && id === room.id ? room : null), nameOf: ({ name }) => name, subscribe },
      choice,
      openRoom: () => open_room,
      go: path => went.push(path),
      now: () => NOW,
    })
    tabs.push(notifications)
    return {
      notifications,
      choice,
      went,
      async hears(type: 'message.created' | 'message.updated', message: Message) {
        notifications.apply({ id: 'e-1', type, data: { room_id: message.room_id, message } } as StreamEvent)
        await moment()
      },
      becomes(change: Partial<MyRoom>) {
        room = { ...room, ...change }
        changed()
      },
      comesLater() {
        is_here = false
        return () => {
          is_here = true
          changed()
        }
      },
      opens(room_id: string | null) {
        open_room = room_id
        notifications.look()
      },
      turns(to: boolean) {
        looks = to
        window.dispatchEvent(new Event(to ? 'focus' : 'blur'))
      },
    }
  }
  return { told, tab, close: () => tabs.map(each => each.stop()) }
}

let ours: ReturnType<typeof browser>
// Loaded with the first notification; the tests do not wait for that.
beforeAll(() => import('../../../src/client/text/plain.ts'))
beforeEach(() => {
  ours = browser()
})
afterEach(() => ours.close())
const titles = () => ours.told.map(({ title }) => title)

describe('somebody who looks elsewhere', () => {
  test('is called with who wrote, where and what, and led there by a click', async () => {
    const tab = ours.tab()
    await tab.hears('message.created', news({ content: '**@ada** look, `roses`' }))
    expect(ours.told).toMatchObject([{ title: 'Grace Hopper in garden', body: '@ada look, roses', tag: 'room:garden' }])
    ours.told[0]?.click()
    expect(tab.went).toEqual(['here', '/m/hash9'])
    expect(ours.told[0]?.is_open).toBeFalse()
  })

  test('is told no text where they do not want it to be seen', async () => {
    const tab = ours.tab()
    tab.choice.shows_text = false
    await tab.hears('message.created', news({ content: 'secret' }))
    expect(ours.told[0]?.body).toBe('New message')
  })

  test('is not called for their own words, old ones, what is read, or in the room before them', async () => {
    const tab = ours.tab()
    await tab.hears('message.created', news({ sender_id: ADA.id }))
    await tab.hears('message.created', news({ timestamp: new Date(NOW - 61_000).toISOString() }))
    tab.becomes({ last_read_seq: 9 })
    await tab.hears('message.created', news())
    tab.becomes({ last_read_seq: 8 })
    tab.turns(true)
    await tab.hears('message.created', news())
    expect(titles()).toEqual([])
    tab.opens('another room')
    await moment()
    await tab.hears('message.created', news())
    expect(titles().length).toBe(1)
  })

  test('is called no longer for what was read or deleted', async () => {
    const tab = ours.tab()
    await tab.hears('message.created', news())
    tab.becomes({ last_read_seq: 8 })
    expect(ours.told[0]?.is_open).toBeTrue()
    tab.becomes({ last_read_seq: 9 })
    expect(ours.told[0]?.is_open).toBeFalse()
    await tab.hears('message.created', news({ id: 'm10', seq: 10 }))
    tab.notifications.apply({ id: 'e', type: 'message.deleted', data: { room_id: ROOM, message_id: 'm10' } })
    expect(ours.told[1]?.is_open).toBeFalse()
  })
})

test('the first words of a new conversation call once the conversation is known', async () => {
  const tab = ours.tab({ room: { direct: [ADA, GRACE] } })
  const arrives = tab.comesLater()
  await tab.hears('message.created', news({ mentions: [] }))
  expect(titles()).toEqual([])
  arrives()
  arrives()
  await moment()
  expect(titles()).toEqual(['Grace Hopper'])
})

describe('a room', () => {
  const other = { mentions: [] }
  const to_me = { mentions: [], reply_to: 'm1', reply_to_sender_id: ADA.id }
  test.each<[string, Partial<MyRoom>, Partial<Message>, number]>([
    ['calls for mentions', {}, {}, 1],
    ['calls for replies', {}, to_me, 1],
    ['does not call for what others say', {}, other, 0],
    ['calls for everything where that is wanted', { notify: 'everything' }, other, 1],
    ['calls for everything between two', { direct: [ADA, GRACE] }, other, 1],
    ['calls for nothing where that is wanted', { notify: 'nothing' }, {}, 0],
    ['calls for nothing between two either', { notify: 'nothing', direct: [ADA, GRACE] }, other, 0],
  ])('%s', async (_, room, change, count) => {
    const tab = ours.tab({ room })
    await tab.hears('message.created', news(change))
    expect(ours.told.length).toBe(count)
  })
})

describe('an answer', () => {
  const begun = reply(9, { timestamp: new Date(NOW).toISOString() })
  const done: Message = { ...begun, status: 'complete', content: 'Yes.' }
  const ai = begun.ai as NonNullable<Message['ai']>

  test('calls whoever asked, once, when it is there', async () => {
    const tab = ours.tab()
    await tab.hears('message.created', begun)
    expect(titles()).toEqual([])
    await tab.hears('message.updated', done)
    await tab.hears('message.updated', { ...done, reactions: [{ emoji: '👍', user_ids: [GRACE.id] }] })
    expect(ours.told).toMatchObject([{ title: 'Assistant in garden', body: 'Yes.' }])
  })
  test('calls nobody who did not ask, or who stopped it', async () => {
    const tab = ours.tab()
    await tab.hears('message.created', begun)
    await tab.hears('message.updated', { ...done, ai: { ...ai, requested_by: GRACE.id } })
    await tab.hears('message.created', begun)
    await tab.hears('message.updated', { ...done, status: 'stopped', ai: { ...ai, stopped_by: ADA.id } })
    expect(titles()).toEqual([])
  })
  test('that was over long ago calls nobody who comes back', async () => {
    const tab = ours.tab()
    const long_ago = new Date(NOW - 3_600_000).toISOString()
    await tab.hears('message.created', { ...begun, timestamp: long_ago })
    await tab.hears('message.updated', { ...done, timestamp: long_ago, ai: { ...ai, response_ms: 4_000 } })
    expect(titles()).toEqual([])
    await tab.hears('message.created', { ...begun, timestamp: long_ago })
    await tab.hears('message.updated', { ...done, timestamp: long_ago, ai: { ...ai, response_ms: 3_590_000 } })
    expect(titles().length).toBe(1)
  })
})

describe('several tabs', () => {
  test('call once, and another one takes over when the first closes', async () => {
    const [one, two] = [ours.tab(), ours.tab()]
    await one.hears('message.created', news())
    await two.hears('message.created', news())
    expect(titles().length).toBe(1)
    one.notifications.stop()
    await moment()
    await two.hears('message.created', news({ id: 'm10', seq: 10 }))
    expect(titles().length).toBe(2)
  })
  test('call for nothing that is before somebody in one of them', async () => {
    const one = ours.tab()
    const two = ours.tab({ looks: true })
    await one.hears('message.created', news())
    expect(titles()).toEqual([])
    two.turns(false)
    await moment()
    await one.hears('message.created', news())
    expect(titles().length).toBe(1)
  })
})

describe('whether to notify', () => {
  const keep = new Map<string, string>()
  const localStorage = {
    getItem: (key: string) => keep.get(key) ?? null,
    setItem: (key: string, value: string) => void keep.set(key, value),
    removeItem: (key: string) => void keep.delete(key),
  }
  function choiceIn(permission: string, more: object = {}) {
    const Notification = {
      permission,
      requestPermission: async () => {
        Notification.permission = 'granted'
      },
    }
    const window = { isSecureContext: true, localStorage, navigator: { locks: {} }, Notification, ...more }
    return createNotificationChoice(window as unknown as NotifyingWindow)
  }
  beforeEach(() => keep.clear())

  test('is for the person, the browser and the address to say', () => {
    expect(choiceIn('default').standing).toBe('default')
    expect(choiceIn('denied').standing).toBe('denied')
    expect(choiceIn('granted').standing).toBe('on')
    expect(choiceIn('granted', { isSecureContext: false }).standing).toBe('insecure')
    expect(choiceIn('granted', { Notification: undefined }).standing).toBe('unsupported')
  })
  test('is turned on by asking, and off without', async () => {
    const choice = choiceIn('default')
    expect(choice.was_offered).toBeFalse()
    await choice.turnOn()
    expect(choice.standing).toBe('on')
    expect(choice.was_offered).toBeTrue()
    choice.turnOff()
    expect(choiceIn('granted').standing).toBe('off')
    await choice.turnOn()
    expect(choice.standing).toBe('on')
    choice.giveUp()
    expect(choice.standing).toBe('unsupported')
    choice.showText(false)
    expect(choiceIn('granted').shows_text).toBeFalse()
  })
})
