import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Row } from '../../../src/client/components/timeline/rows.ts'
import type { Activity } from '../../../src/client/stores/live-replies.ts'
import { createReplyText } from '../../../src/client/stores/reply-text.ts'
import type { Rights } from '../../../src/client/stores/rights.ts'
import type { ToolRun } from '../../../src/shared/messages.ts'
import { openPage, press, settled } from '../../support/riot.ts'
import { ADA, ASSISTANT, GRACE, message, reply } from '../conversation.ts'

const ROW = '../../src/client/components/message/message-row.riot'

let browser: ReturnType<typeof openPage>
beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())

const row = (change: Partial<Row>): Row => ({
  key: 'm1',
  message: message(1),
  delivery: 'sent',
  problem: null,
  retriable: false,
  day: null,
  is_new: false,
  continued: false,
  activity: null,
  live: null,
  reasoning: null,
  tools: [],
  quoted: undefined,
  editing: false,
  request: null,
  ...change,
})
const RIGHTS: Rights = { me: ADA.id, moderates: false, asks: true, administers: false }

async function show(change: Partial<Row>, timeline: object = {}, rights: Partial<Rights> = {}, more: object = {}) {
  const { introduceParts } = await import('../../../src/client/components/message/parts.ts')
  introduceParts()
  const root = await browser.mount(ROW, {
    row: row({ tools: change.message?.ai?.tools ?? [], ...change }),
    people: [ADA, GRACE, ASSISTANT],
    rights: { ...RIGHTS, ...rights },
    parts: true,
    timeline,
    ...more,
  })
  const article = root.querySelector('article') as HTMLElement
  const button = (name: string) =>
    [...root.querySelectorAll('button')].find(found => (found.getAttribute('aria-label') ?? found.textContent) === name)
  return { article, button, text: () => article.textContent?.replace(/\s+/g, ' ') ?? '' }
}

test('a message names its author and its time, which is the permalink', async () => {
  const { article, text } = await show({})
  expect(text()).toContain('Grace Hopper')
  expect(text()).toContain('text 1')
  expect(article.dataset).toMatchObject({ messageId: 'm1', status: 'complete' })
  expect(article.querySelector('a.time')?.getAttribute('href')).toBe('/m/hash1')
})

test('the next one in a run leaves the author out', async () => {
  const { article, text } = await show({ continued: true })
  expect(text()).not.toContain('Grace Hopper')
  expect(article.getAttribute('aria-label')).toStartWith('Grace Hopper')
})

test('a failed message says why, and can be retried or deleted', async () => {
  const done: string[] = []
  const timeline = {
    retry: (id: string) => done.push(`retry ${id}`),
    discard: (id: string) => done.push(`delete ${id}`),
  }
  const own = message(9, { id: '', client_id: 'c1', sender_id: ADA.id })
  const failed = { message: own, delivery: 'failed', problem: 'Too fast.', retriable: true } as const
  const { article, button, text } = await show(failed, timeline)
  expect(article.dataset.status).toBe('failed')
  expect(text()).toContain('text 9')
  expect(text()).toContain('Not sent. Too fast.')
  button('Retry')?.click()
  button('Delete')?.click()
  expect(done).toEqual(['retry c1', 'delete c1'])
})

test('a message that was refused for good can only be deleted', async () => {
  const own = message(9, { id: '', client_id: 'c1', sender_id: ADA.id })
  const { button, text } = await show({ message: own, delivery: 'failed', problem: 'A picture is gone.' })
  expect(text()).toContain('Not sent. A picture is gone.')
  expect(button('Retry')).toBeUndefined()
  expect(button('Delete')).toBeDefined()
})

test('a finished reply says what it took', async () => {
  const figures = {
    model: 'some/model-5',
    prompt_tokens: 2914,
    completion_tokens: 187,
    tokens_per_second: 61.2,
    first_token_ms: 900,
    response_ms: 4100,
    cost_usd: 0.0112,
  }
  const { article } = await show({ message: reply(2, { status: 'complete', content: 'Yes.' }, figures) })
  const parts = [...article.querySelectorAll('[data-statistic]')].map(part => part.textContent)
  expect(parts).toEqual([
    'model-5',
    '2,914 in · 187 out',
    '61 tok/s',
    'first 0.9 s',
    '4.1 s',
    '$0.011',
    'for Ada Lovelace',
  ])
})

test('a reply under way says what the agent does, until there is text', async () => {
  const live = createReplyText()
  const { article, text } = await show({ message: reply(2), live })
  expect(article.getAttribute('aria-busy')).toBe('true')
  expect(text()).toContain('for you')
  expect(text()).toContain('Thinking…')
  expect(article.querySelector('[data-statistics]')).toBeNull()
  live.add(0, 'Hello')
  expect(text()).not.toContain('Thinking…')
})

test.each<[Activity, string]>([
  [{ state: 'searching', detail: '“proxy 1.30”' }, 'Searching “proxy 1.30”…'],
  [{ state: 'reading', detail: 'example.org/page' }, 'Reading example.org/page…'],
  [{ state: 'searching', detail: null }, 'Searching the web…'],
  [
    { state: 'thinking', detail: 'The provider is busy; trying again in 3 s' },
    'The provider is busy; trying again in 3 s',
  ],
])('%j is said as %s, also where there is text already', async (activity, words) => {
  const live = createReplyText()
  live.add(0, 'Let me see.')
  expect((await show({ message: reply(2), live, activity })).text()).toContain(words)
})

test('an error stands inside the message, in words', async () => {
  const { text } = await show({ message: reply(2, { status: 'error' }, { error: 'The key has no credit.' }) })
  expect(text()).toContain('The key has no credit.')
})

test('a stopped reply keeps its text and names who stopped it', async () => {
  const stopped = reply(2, { status: 'stopped', content: 'Half' }, { stopped_by: GRACE.id, response_ms: 12_000 })
  const { text } = await show({ message: stopped })
  expect(text()).toContain('Half')
  expect(text()).toContain('Stopped by Grace Hopper at 12 s')
})

test('a deleted message leaves a trace and nothing to copy', async () => {
  const { button, text } = await show({ message: message(1, { content: '', deleted_at: '2026-11-20T10:00:00.000Z' }) })
  expect(text()).toContain('This message was deleted.')
  expect(button('Copy text')).toBeUndefined()
})

describe('a reply', () => {
  const quoting = (change: Partial<Row>) => ({ message: message(5, { reply_to: 'm1' }), ...change })
  const quote = (article: HTMLElement) => article.querySelector<HTMLButtonElement>('.quote')

  test('quotes one line of what it replies to, under its author’s name of now, and leads there', async () => {
    const went: string[] = []
    const quoted = message(1, { sender_id: ADA.id, sender_name: 'Ada Byron', content: 'an **old** claim' })
    const { article } = await show(quoting({ quoted }), {}, {}, { room: { goTo: (id: string) => went.push(id) } })
    expect(quote(article)?.querySelector('b')?.textContent).toBe('Ada Lovelace')
    expect(quote(article)?.querySelector('.words')?.textContent).toBe('an old claim')
    quote(article)?.click()
    expect(went).toEqual(['m1'])
  })

  test('of a message that is gone or deleted says so, and leads nowhere', async () => {
    const gone = await show(quoting({ quoted: null }))
    expect(quote(gone.article)?.textContent).toContain('A message that is gone')
    expect(quote(gone.article)?.disabled).toBeTrue()
    const deleted = await show(quoting({ quoted: message(1, { content: '', deleted_at: '2026-11-20T10:00:00.000Z' }) }))
    expect(quote(deleted.article)?.textContent).toContain('This message was deleted.')
    expect(quote(deleted.article)?.disabled).toBeTrue()
  })
})

describe('reactions', () => {
  const reactions = [
    { emoji: '👍', user_ids: [GRACE.id, ADA.id] },
    { emoji: '🎉', user_ids: [GRACE.id] },
  ]
  const chips = (article: HTMLElement) => [...article.querySelectorAll<HTMLButtonElement>('.reaction:not(.add)')]

  test('are counted, named, and taken or given by a click', async () => {
    const reacted: string[] = []
    const acts = { react: async (id: string, emoji: string) => void reacted.push(`${id} ${emoji}`) }
    const room = { acts: async () => acts }
    const { article } = await show({ message: message(1, { reactions }) }, {}, {}, { room })
    expect(chips(article).map(chip => chip.textContent)).toEqual(['👍2', '🎉1'])
    expect(chips(article).map(chip => chip.title)).toEqual(['Grace Hopper and you', 'Grace Hopper'])
    expect(chips(article).map(chip => chip.getAttribute('aria-pressed'))).toEqual(['true', 'false'])
    chips(article)[1]?.click()
    await settled()
    expect(reacted).toEqual(['m1 🎉'])
  })

  test('are only looked at by who is muted', async () => {
    const { article, button } = await show({ message: message(1, { reactions }) }, {}, { asks: false })
    chips(article)[0]?.click()
    expect(chips(article)[0]?.getAttribute('aria-disabled')).toBe('true')
    expect(button('Add a reaction')).toBeUndefined()
  })
})

test('a pinned message says by whom', async () => {
  const pinned = message(1, { pinned_at: '2026-11-20T10:00:00.000Z', pinned_by: ADA.id })
  expect((await show({ message: pinned })).text()).toContain('Pinned by Ada Lovelace')
})

test('an edited message leads to its earlier texts for its author and admins only', async () => {
  const edited = { message: message(1, { edited_at: '2026-11-20T10:00:00.000Z' }) }
  const { button, text } = await show(edited)
  expect(text()).toContain('(edited)')
  expect(button('(edited)')).toBeUndefined()
  expect((await show(edited, {}, { administers: true })).button('(edited)')).toBeDefined()
  expect((await show(edited, {}, { me: GRACE.id })).button('(edited)')).toBeDefined()
})

test('an answer to a question that was changed says so, and asks again with one click', async () => {
  const asked: string[] = []
  const stale = reply(2, { status: 'complete', content: 'Yes.' }, { stale: true })
  const { article, text } = await show({ message: stale }, { regenerate: (id: string) => asked.push(id) })
  expect(text()).toContain('The question was changed after this answer.')
  article.querySelector<HTMLButtonElement>('.stale button')?.click()
  expect(asked).toEqual(['m2'])
  expect((await show({ message: stale }, {}, { asks: false })).article.querySelector('.stale button')).toBeNull()
})

describe('stopping', () => {
  const under_way = { message: reply(2, {}, { requested_by: GRACE.id }), live: createReplyText() }

  test('is for whoever asked, the owner and admins', async () => {
    expect((await show(under_way)).button('Stop')).toBeUndefined()
    expect((await show(under_way, {}, { moderates: true })).button('Stop')).toBeDefined()
    expect((await show(under_way, {}, { me: GRACE.id })).button('Stop')).toBeDefined()
  })

  test('asks once and says that it is on its way', async () => {
    const stopped: string[] = []
    const { button } = await show(under_way, { stop: (id: string) => stopped.push(id) }, { moderates: true })
    button('Stop')?.click()
    expect(stopped).toEqual(['m2'])
    const asked = { ...under_way, request: { doing: 'stop' as const, problem: null } }
    const { button: now } = await show(asked, {}, { moderates: true })
    expect(now('Stopping…')?.getAttribute('aria-disabled')).toBe('true')
  })
})

describe('asking again', () => {
  const answered = (ai: object = {}) => ({ message: reply(2, { status: 'complete', content: 'Yes.' }, ai) })

  test('is for everybody who is not muted', async () => {
    const asked: string[] = []
    const { button } = await show(answered(), { regenerate: (id: string) => asked.push(id) })
    button('Ask again')?.click()
    expect(asked).toEqual(['m2'])
    expect((await show(answered(), {}, { asks: false })).button('Ask again')).toBeUndefined()
  })

  test('another model can be chosen from a menu, by keyboard', async () => {
    const asked: string[] = []
    const { article, button } = await show(answered(), {}, {}, { another: ({ id }: { id: string }) => asked.push(id) })
    button('Other ways to ask again')?.click()
    const items = [...article.querySelectorAll<HTMLElement>('[role="menuitem"]')]
    expect(document.activeElement).toBe(items[0] ?? null)
    press(items[0] as HTMLElement, 'ArrowDown')
    expect(document.activeElement?.textContent).toBe('With another model…')
    items[1]?.click()
    expect(asked).toEqual(['m2'])
    expect(article.querySelector('[role="menu"]')).toBeNull()
  })

  test('the answers are leafed through with two buttons, which say who asked', async () => {
    const chosen: number[] = []
    const second = answered({ version: 2, version_count: 2, requested_by: GRACE.id })
    const { article, button, text } = await show(second, { choose: (_: string, n: number) => chosen.push(n) })
    expect(text()).toContain('2/2')
    expect(article.querySelector('[role="group"]')?.textContent).toContain('Version 2 of 2, asked by Grace Hopper')
    button('Later version')?.click()
    button('Earlier version')?.click()
    expect(chosen).toEqual([1])
  })

  test('a single answer has nothing to leaf through', async () => {
    expect((await show(answered())).button('Earlier version')).toBeUndefined()
  })

  test('a failed answer has Retry inside; a model that is gone leads to another one', async () => {
    const done: string[] = []
    const failed = {
      message: reply(2, { status: 'error' }, { error: 'No such model.', error_code: 'model_not_found' }),
    }
    const timeline = { regenerate: (id: string) => done.push(`retry ${id}`) }
    const ways = { another: () => done.push('another'), settings: () => done.push('settings') }
    const member = await show(failed, timeline, {}, ways)
    member.button('Retry')?.click()
    member.button('Choose another model')?.click()
    const owner = await show(failed, timeline, { moderates: true }, ways)
    owner.button('Choose another model')?.click()
    expect(done).toEqual(['retry m2', 'another', 'settings'])
    expect(owner.button('Ask again')).toBeUndefined()
  })

  test('what was refused stands under the message', async () => {
    const { text } = await show({ ...answered(), request: { doing: null, problem: 'It is still writing.' } })
    expect(text()).toContain('It is still writing.')
  })
})

describe('tools', () => {
  const tool = (change: Partial<ToolRun> = {}): ToolRun => ({
    id: 't1',
    name: 'web_fetch',
    arguments: { url: 'https://www.example.org/page/' },
    status: 'done',
    duration_ms: 1_230,
    result: 'The text of the page',
    error: null,
    ...change,
  })
  const used = (...tools: ToolRun[]) => ({ message: reply(2, { status: 'complete', content: 'Yes.' }, { tools }) })
  const line = (article: HTMLElement) =>
    [...article.querySelectorAll('tool-line .line > span')].map(part => part.textContent)
  const details = (article: HTMLElement) => article.querySelector('tool-line details') as HTMLDetailsElement

  test('are one folded line each: what, on what, how long', async () => {
    const { article, text } = await show(used(tool()))
    expect(line(article)).toEqual(['Read page', 'example.org/page', '1.2 s'])
    expect(details(article).open).toBeFalse()
    expect(text()).not.toContain('The text of the page')
  })

  test('show input and output to whoever opens the line', async () => {
    const { article, text } = await show(used(tool()))
    details(article).open = true
    details(article).dispatchEvent(new Event('toggle'))
    await settled()
    expect(text()).toContain('The text of the page')
    expect(text()).toContain('"url": "https://www.example.org/page/"')
  })

  test('open by themselves when they fail', async () => {
    const { article, text } = await show(
      used(tool({ status: 'error', result: null, error: 'The page did not answer.' })),
    )
    expect(details(article).open).toBeTrue()
    expect(text()).toContain('The page did not answer.')
  })

  test('list what a search found as links that open elsewhere', async () => {
    const result = '1. A title\n   https://example.org/a (2 days ago)\n   An excerpt.'
    const search = tool({ name: 'web_search', arguments: { query: 'roses' }, result })
    const { article, text } = await show(used(search))
    expect(line(article)).toEqual(['Searched the web', '“roses”', '1.2 s'])
    details(article).open = true
    details(article).dispatchEvent(new Event('toggle'))
    await settled()
    const link = article.querySelector<HTMLAnchorElement>('tool-line a')
    expect(link?.getAttribute('href')).toBe('https://example.org/a')
    expect(link?.rel).toContain('noopener')
    expect(link?.target).toBe('_blank')
    expect(text()).toContain('example.org · 2 days ago')
    expect(text()).toContain('An excerpt.')
  })
})

describe('thoughts', () => {
  const block = (article: HTMLElement) => article.querySelector('[data-reasoning]') as HTMLDetailsElement

  test('show themselves until the answer begins', async () => {
    const live = createReplyText()
    const reasoning = createReplyText()
    reasoning.add(0, 'Let me think')
    const { article, text } = await show({ message: reply(2), live, reasoning })
    expect(block(article).open).toBeTrue()
    expect(block(article).textContent).toContain('Let me think')
    expect(text().match(/Thinking…/g)).toHaveLength(1)
    live.add(0, 'So')
    await settled()
    expect(block(article).open).toBeFalse()
  })

  test('are kept, folded, apart from the answer', async () => {
    const thought = { reasoning: 'Let me think', first_token_ms: 4_100 }
    const { article, text } = await show({ message: reply(2, { status: 'complete', content: 'So.' }, thought) })
    expect(block(article).open).toBeFalse()
    expect(text()).toContain('Thought for 4 s')
    expect(text()).not.toContain('Let me think')
    expect(article.querySelector('.body > message-body')?.textContent?.trim()).toBe('So.')
  })
})

test('pictures are links to themselves, have a name, and a size before they are there', async () => {
  const picture = {
    id: 'u1',
    url: '/uploads/u1.png',
    mime: 'image/png',
    bytes: 9,
    width: 960,
    height: 480,
    name: 'A map',
  }
  const { article } = await show({ message: message(1, { attachments: [picture] }) })
  const image = article.querySelector('message-pictures img')
  expect(image?.getAttribute('alt')).toBe('A map')
  expect([image?.getAttribute('width'), image?.getAttribute('height')]).toEqual(['480', '240'])
  const link = article.querySelector<HTMLAnchorElement>('message-pictures a')
  expect([link?.getAttribute('href'), link?.target]).toEqual(['/uploads/u1.png', '_blank'])
})

test('a message that was deleted while I gave it another text shows both its trace and what I wrote', async () => {
  const room = {
    composing: { draft: { base: 'text 1', text: 'precious words' }, editing: 'm1', cancel() {} },
  }
  const gone = message(1, { sender_id: ADA.id, content: '', deleted_at: '2026-11-20T10:00:00.000Z' })
  const { article, text } = await show({ message: gone, editing: true }, {}, {}, { room })
  expect(text()).toContain('This message was deleted.')
  expect(text()).toContain('Copy what you want to keep.')
  expect(article.querySelector('textarea')?.value).toBe('precious words')
})
