import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createObservable } from '../../../src/client/stores/observable.ts'
import type { InboxItem } from '../../../src/shared/inbox.ts'
import { openPage, press, settled } from '../../support/riot.ts'
import { ADA, GRACE, message, myRoom } from '../conversation.ts'

const PANEL = '../../src/client/components/inbox/inbox-panel.riot'

let browser: ReturnType<typeof openPage>
beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())

/** An inbox that the server has these for. */
async function opened(items: InboxItem[], last_read_seq = 8) {
  const answers: Record<string, object> = {
    '/api/inbox': { items, has_more: false },
    '/api/people': { people: [GRACE] },
  }
  const { subscribe, changed } = createObservable()
  let room = myRoom({ last_read_seq })
  const desk = {
    me: ADA,
    rooms: { subscribe, find: () => room, nameOf: ({ name }: { name: string }) => name },
    inbox: null,
    hear: () => {},
  }
  const panel: HTMLElement = await browser.mount(PANEL, {
    app: { api: { call: async (_: string, path: string) => answers[path] } },
    desk,
  })
  await settled()
  const reads = async (seq: number) => {
    room = { ...room, last_read_seq: seq }
    changed()
    await settled()
  }
  return { panel, reads, hits: () => Array.from(panel.querySelectorAll('a.hit')) }
}

const item = (seq: number, change: Partial<InboxItem> = {}): InboxItem => ({
  message: message(seq, { content: '**@ada** <img src=x onerror=alert(1)> `x`' }),
  room: myRoom(),
  reason: 'mention',
  is_unread: true,
  ...change,
})

test('shows who meant me where, as one line of plain text, and what is new until it is read', async () => {
  const { hits, reads, panel } = await opened([item(9), item(7, { reason: 'reply' })])
  expect(hits().map(hit => hit.querySelector('.in')?.textContent)).toEqual([
    'mentioned you in garden',
    'replied to you in garden',
  ])
  expect(hits()[0]?.querySelector('.text')?.textContent).toBe('@ada <img src=x onerror=alert(1)> x')
  expect(panel.querySelector('.text img')).toBeNull()
  expect(panel.querySelectorAll('.day').length).toBe(1)
  expect(hits().map(hit => hit.classList.contains('unread'))).toEqual([true, false])
  await reads(9)
  expect(hits().map(hit => hit.classList.contains('unread'))).toEqual([false, false])
})

test('is walked through with the arrows', async () => {
  const { hits, panel } = await opened([item(9), item(7)])
  const scroll = panel.querySelector('.scroll') as HTMLElement
  expect(document.activeElement).toBe(scroll)
  press(scroll, 'ArrowDown')
  press(hits()[0] as Element, 'End')
  expect(document.activeElement).toBe(hits()[1] ?? null)
})

test('says what comes here while there is nothing', async () => {
  const { panel } = await opened([])
  expect(panel.querySelector('h2')?.textContent).toBe('Nothing for you yet')
  expect(panel.querySelector('.whole')?.textContent).toContain('@ada')
})
