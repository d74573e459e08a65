import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { Refusal, Unreachable } from '../../../src/client/api.ts'
import { createObservable } from '../../../src/client/stores/observable.ts'
import { createSearch } from '../../../src/client/stores/search.ts'
import type { SearchResult } from '../../../src/shared/search.ts'
import { openPage, press, settled } from '../../support/riot.ts'
import { ADA, GRACE, message, myRoom } from '../conversation.ts'

const PANEL = '../../src/client/components/search/search-panel.riot'
const garden = myRoom({ last_read_seq: 8 })

let browser: ReturnType<typeof openPage>
let panel: HTMLElement
let results: SearchResult[]
let is_partial: boolean | undefined
let failure: Error | null
let asked: string[]
let query: string
let went: string[]
let desk: Record<string, unknown>

beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())

const field = () => panel.querySelector('input') as HTMLInputElement
const hits = () => [...panel.querySelectorAll<HTMLAnchorElement>('a.hit')]
const offered = () => [...panel.querySelectorAll('[role="option"] .name')].map(name => name.textContent)
const heading = () => panel.querySelector('h2')?.textContent

async function types(text: string) {
  field().value = text
  field().setSelectionRange(text.length, text.length)
  field().dispatchEvent(new Event('input', { bubbles: true }))
  await settled()
  await settled()
}

async function open() {
  const router = createObservable()
  const app = {
    api: { call: async () => ({ people: [GRACE] }) },
    router: {
      ...router,
      get route() {
        return { name: 'search', query, room_id: null }
      },
      go(path: string) {
        went.push(path)
        query = new URL(path, 'http://chat.test').searchParams.get('q') ?? ''
        router.changed()
      },
    },
  }
  panel = await browser.mount(PANEL, { app, desk })
  await settled()
}

beforeEach(async () => {
  results = []
  is_partial = undefined
  failure = null
  asked = []
  query = ''
  went = []
  const ask = async (typed: string) => {
    asked.push(typed)
    if (failure) throw failure
    return { results, is_partial }
  }
  const rooms = {
    ...createObservable(),
    all: [garden],
    find: () => garden,
    nameOf: ({ name }: { name: string }) => name,
  }
  desk = { me: ADA, rooms, search: createSearch(ask, ADA.id, 0), hear: () => {} }
  await open()
})

test('begins with what one can ask for, and a click writes it', async () => {
  const way = [...panel.querySelectorAll('button')].find(button => button.textContent?.startsWith('has:image'))
  way?.click()
  await settled()
  expect(field().value).toBe('has:image ')
  await settled()
  expect(asked).toEqual(['has:image'])
})

test('shows what was found with the hits marked, and what people wrote stays text', async () => {
  const picture = { id: 'u', url: '/uploads/u', mime: 'image/png', bytes: 1, width: 1, height: 1, name: 'roses.png' }
  results = [
    {
      message: message(9, { attachments: [picture] }),
      room: garden,
      snippet: [
        { text: '<img src=x onerror=alert(1)> red ', hit: false },
        { text: 'roses', hit: true },
      ],
    },
  ]
  await types('roses')
  expect(asked).toEqual(['roses'])
  expect(went).toEqual(['/search?q=roses'])
  const [hit] = hits()
  expect(hit?.getAttribute('href')).toBe('/m/hash9')
  expect(hit?.querySelector('.text')?.textContent).toBe('<img src=x onerror=alert(1)> red roses')
  expect([...(hit?.querySelectorAll('mark') ?? [])].map(mark => mark.textContent)).toEqual(['roses'])
  expect(hit?.querySelector('.text img')).toBeNull()
  expect(hit?.querySelector('.pictures')?.textContent).toBe('roses.png')
  expect(hit?.querySelector('.in')?.textContent).toBe('in garden')
})

test('a person is completed with the keyboard, and nothing is asked for before', async () => {
  await types('from:')
  expect(offered()).toEqual(['Ada Lovelace (you)', 'Grace Hopper'])
  expect(asked).toEqual([])
  press(field(), 'ArrowDown')
  expect(field().getAttribute('aria-activedescendant')).toBe('search-offer-1')
  press(field(), 'Enter')
  await settled()
  expect(field().value).toBe('from:grace ')
  expect(offered()).toEqual([])
  await settled()
  expect(asked).toEqual(['from:grace'])
})

test('Escape closes what is offered, then empties the field', async () => {
  await types('roses in:')
  expect(offered()).toEqual(['garden'])
  press(field(), 'Escape')
  expect(offered()).toEqual([])
  expect(field().value).toBe('roses in:')
  press(field(), 'Escape')
  await settled()
  expect(field().value).toBe('')
  expect(went.at(-1)).toBe('/search')
})

test('arrows lead from the field through the results and back', async () => {
  results = [9, 8].map(seq => ({ message: message(seq), room: garden, snippet: [{ text: 'roses', hit: true }] }))
  await types('roses')
  press(field(), 'ArrowDown')
  expect(document.activeElement).toBe(hits()[0] ?? null)
  press(hits()[0] as Element, 'ArrowDown')
  expect(document.activeElement).toBe(hits()[1] ?? null)
  press(hits()[1] as Element, 'ArrowDown')
  press(hits()[1] as Element, 'Home')
  press(hits()[0] as Element, 'ArrowUp')
  expect(document.activeElement).toBe(field())
})

test('who comes back finds the results, and the place where they were', async () => {
  results = [9, 8].map(seq => ({ message: message(seq), room: garden, snippet: [{ text: 'roses', hit: true }] }))
  await types('roses')
  hits()[1]?.dispatchEvent(new Event('click', { bubbles: true, cancelable: true }))
  await open()
  expect(field().value).toBe('roses')
  expect(asked).toEqual(['roses'])
  expect(document.activeElement).toBe(hits()[1] ?? null)
})

test('says where only the newest messages were looked through, whether something was found or not', async () => {
  const said = () => panel.querySelector('main')?.textContent?.includes('Only the newest messages were looked through.')
  is_partial = true
  await types('東京')
  expect(heading()).toBe('Nothing found')
  expect(said()).toBe(true)
  results = [{ message: message(9), room: garden, snippet: [{ text: '京', hit: true }] }]
  await types('京')
  expect(hits()).toHaveLength(1)
  expect(said()).toBe(true)
  is_partial = undefined
  await types('京都府')
  expect(said()).toBe(false)
})

test('says what could be tried where nothing was found, and why where the search failed', async () => {
  await types('roses in:attic')
  expect(heading()).toBe('Nothing found')
  expect(panel.querySelector('.nothing ul')?.textContent).toContain('You are in no room called “attic”.')
  failure = new Unreachable()
  await types('tulips')
  expect(heading()).toBe('The search did not get through')
  failure = new Refusal(422, { detail: 'Search for at most 20 words at once.' })
  await types('a b c')
  expect(heading()).toBe('This cannot be searched for')
  expect(panel.querySelector('.whole')?.textContent).toContain('Search for at most 20 words at once.')
  failure = new Refusal(429, {}, 60)
  await types('too fast')
  expect(heading()).toBe('One moment')
  failure = null
  await types('')
})
