import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { createObservable } from '../../../src/client/stores/observable.ts'
import { createRooms, type Rooms } from '../../../src/client/stores/rooms.ts'
import type { MyRoom } from '../../../src/shared/rooms.ts'
import { openPage, press, settled } from '../../support/riot.ts'
import { ADA, ASSISTANT, GRACE, myRoom } from '../conversation.ts'

let browser: ReturnType<typeof openPage>
let root: HTMLElement
let asked: string[]
let told: string[]

beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())

const ROOMS: MyRoom[] = [
  myRoom({ id: 'garden', name: 'garden', unread_count: 3, mention_count: 1 }),
  myRoom({ id: 'noise', name: 'noise', unread_count: 40, notify: 'nothing' }),
  myRoom({ id: 'calls', name: 'calls', unread_count: 40, mention_count: 2, notify: 'nothing' }),
  myRoom({ id: 'dear', name: 'dear', is_favourite: true }),
  myRoom({ id: 'two', direct: [ADA, GRACE], unread_count: 120, last_seq: 120 }),
  myRoom({ id: 'alone', direct: [ADA, ASSISTANT] }),
  myRoom({ id: 'thought', direct: [ADA, GRACE], created_by: GRACE.id, last_seq: 0 }),
]

beforeEach(async () => {
  asked = []
  told = []
  const api = {
    rooms: async () => ({ rooms: ROOMS }),
    call: async (method: string, path: string) => void asked.push(`${method} ${path}`),
  }
  const rooms: Rooms = createRooms(api as never, ADA.id)
  await rooms.load()
  const presence = { subscribe: createObservable().subscribe, of: () => 'online' }
  const desk = { me: ADA, rooms, presence, tell: ({ text }: { text: string }) => void told.push(text) }
  const app = { api, window, router: { go: (path: string) => void asked.push(`go ${path}`) } }
  root = await browser.mount('../../src/client/components/room-list/room-list.riot', {
    ...{ app, desk, current: 'garden' },
    browse: () => asked.push('browse'),
    create: () => asked.push('create'),
  })
})

const row = (id: string) => root.querySelector(`[data-row="${id}"]`) as HTMLElement
const words = (element: Element | null) => element?.textContent?.replace(/\s+/g, ' ').trim()
const parts = () =>
  [...root.querySelectorAll('section')].map(part => [
    part.getAttribute('aria-label'),
    [...part.querySelectorAll('a .name')].map(words).join(' '),
  ])

test('favourites, rooms and direct messages stand apart, and who has only thought of writing does not show', () => {
  expect(parts()).toEqual([
    ['Favourites', 'dear'],
    ['Rooms', 'calls garden noise'],
    ['Direct messages', 'Assistant Grace Hopper'],
  ])
})

test('counts say what is unread; of a muted room only what is meant for me', () => {
  expect(words(row('garden').querySelector('.badge'))).toBe('3 unread, you are mentioned')
  expect(words(row('calls').querySelector('.badge'))).toBe('2 unread, you are mentioned')
  expect(row('noise').querySelector('.badge')).toBeNull()
  expect(row('noise').classList.contains('new')).toBe(false)
  expect(words(row('two').querySelector('.badge'))).toBe('99+ unread')
})

test('a direct room shows who it is, and whether they are there; an assistant always is', () => {
  expect(row('two').querySelector('person-avatar')).not.toBeNull()
  expect(row('two').querySelector('i.online')).not.toBeNull()
  expect(row('alone').querySelector('i')).toBeNull()
})

test('a room moves by its keys, and keeps the focus', async () => {
  const link = row('garden').querySelector('a') as HTMLElement
  link.focus()
  press(link, 'PageDown', { altKey: true, shiftKey: true })
  await settled()
  expect(parts()[1]).toEqual(['Rooms', 'calls noise garden'])
  expect(asked).toEqual(['PUT /api/rooms/order'])
  expect(document.activeElement?.closest<HTMLElement>('[data-row]')?.dataset.row).toBe('garden')
})
