import { afterAll, beforeAll, expect, test } from 'bun:test'
import { amountOf, barsOf, sumOf, usageOn } from '../../../src/client/components/usage/figures.ts'
import type { RoomUsage, UsageSum } from '../../../src/shared/usage.ts'
import { openPage } from '../../support/riot.ts'
import { ADA } from '../conversation.ts'

const NOW = new Date('2026-11-20T23:30:00Z')
const sum = (change: Partial<UsageSum> = {}): UsageSum => ({
  answers: 1,
  prompt_tokens: 900,
  completion_tokens: 100,
  cost_usd: 0,
  ...change,
})
const usage = (change: Partial<RoomUsage> = {}): RoomUsage => ({
  total: sum({ answers: 0 }),
  by_day: [],
  by_model: [],
  by_person: [],
  ...change,
})

test.each([
  [sum(), '1 answer · 1K tokens'],
  [sum({ answers: 31, prompt_tokens: 117_600 }), '31 answers · 117.7K tokens'],
])('%j is %s', (one, words) => expect(amountOf(one)).toBe(words))

test.each([
  [0, '$0'],
  [0.00042, '$0.00042'],
  [0.839, '$0.84'],
  [12.3, '$12.30'],
])('%d dollars are %s', (cost_usd, words) => expect(sumOf(sum({ cost_usd }))).toBe(words))

test('thirty days end with today, as high as they were dear', () => {
  const by_day = [
    { day: '2026-10-21', ...sum({ cost_usd: 0.001 }) },
    { day: '2026-10-22', ...sum({ cost_usd: 0.001 }) },
    { day: '2026-11-19', ...sum({ cost_usd: 0.5 }) },
    { day: '2026-11-20', ...sum({ cost_usd: 1 }) },
  ]
  const bars = barsOf(usage({ by_day }), NOW)
  expect(bars).toHaveLength(30)
  expect(bars[0]).toMatchObject({ day: '2026-10-22', height: 4, is_today: false })
  expect(bars.slice(-3).map(bar => bar.height)).toEqual([0, 50, 100])
  expect(bars.at(-1)).toMatchObject({ day: '2026-11-20', is_today: true })
  expect(bars.at(-1)?.words).toEndWith('$1.00, 1 answer · 1K tokens')
})

test('where nothing has a price the tokens count', () => {
  const by_day = [
    { day: '2026-11-19', ...sum({ prompt_tokens: 1_900 }) },
    { day: '2026-11-20', ...sum() },
  ]
  expect(
    barsOf(usage({ by_day }), NOW)
      .slice(-2)
      .map(bar => bar.height),
  ).toEqual([100, 50])
  expect(usageOn(usage({ by_day }), '2026-11-18').answers).toBe(0)
})

let browser: ReturnType<typeof openPage>
beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())

test('today, thirty days, and who used what are in words as well as in bars', async () => {
  const sums = usage({
    total: sum({ answers: 40, cost_usd: 3 }),
    by_day: [{ day: '2026-11-20', ...sum({ answers: 2, cost_usd: 0.5 }) }],
    by_model: [{ model: 'some/model-5', ...sum({ cost_usd: 3 }) }],
    by_person: [{ user: ADA, ...sum({ cost_usd: 3 }) }],
  })
  const root = await browser.mount('../../src/client/components/usage/room-usage.riot', { sums, now: NOW })
  const text = root.textContent?.replace(/\s+/g, ' ') ?? ''
  expect(text).toContain('$0.50')
  expect(text).toContain('2 answers · 1K tokens')
  expect(text).toContain('$3.00 · 40 answers')
  expect(text).toContain('model-5')
  expect(text).toContain('Ada Lovelace')
  expect(root.querySelectorAll('svg g')).toHaveLength(30)
  expect(root.querySelector('[role="img"]')?.getAttribute('aria-label')).toContain('$0.50, 2 answers')
  expect(root.querySelector('[style]')).toBeNull()
})
