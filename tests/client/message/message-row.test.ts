import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Row } from '../../../src/client/components/timeline/rows.ts'
import { createReplyText } from '../../../src/client/stores/reply-text.ts'
import { openPage } from '../../support/riot.ts'
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
  day: null,
  is_new: false,
  continued: false,
  activity: null,
  live: null,
  ...change,
})

async function show(change: Partial<Row>, timeline: object = {}) {
  const root = await browser.mount(ROW, { row: row(change), people: [ADA, GRACE, ASSISTANT], me: ADA.id, timeline })
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
  const { article, button, text } = await show({ message: own, delivery: 'failed', problem: 'Too fast.' }, timeline)
  expect(article.dataset.status).toBe('failed')
  expect(text()).toContain('text 9')
  expect(text()).toContain('Not sent. Too fast.')
  button('Retry')?.click()
  button('Delete')?.click()
  expect(done).toEqual(['retry c1', 'delete c1'])
})

test('a finished reply says what it took', async () => {
  const figures = {
    model: 'some/model',
    prompt_tokens: 2914,
    completion_tokens: 187,
    tokens_per_second: 61.2,
    response_ms: 4100,
    cost_usd: 0.0112,
  }
  const { article, text } = await show({ message: reply(2, { status: 'complete', content: 'Yes.' }, figures) })
  const parts = [...article.querySelectorAll('[data-statistic]')].map(part => part.textContent)
  expect(parts).toEqual(['some/model', '2,914 in · 187 out', '61 tok/s', '4.1 s', '$0.011'])
  expect(text()).toContain('for you')
})

test('a reply under way says what the agent does, until there is text', async () => {
  const live = createReplyText()
  const { article, text } = await show({ message: reply(2), live, activity: { state: 'thinking', detail: null } })
  expect(article.getAttribute('aria-busy')).toBe('true')
  expect(text()).toContain('Thinking…')
  expect(article.querySelector('[data-statistics]')).toBeNull()
  live.add(0, 'Hello')
  expect(text()).not.toContain('Thinking…')
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
