import type { RoomUsage, UsageSum } from '../../../shared/usage.ts'
import { cost } from '../message/statistics.ts'

const DAYS = 30
const DAY_MS = 86_400_000
/** Of a hundred: a day on which little was asked is not a day on which nothing was. */
const LOWEST = 4

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })
const dayName = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' })

export type Bar = { day: string; height: number; words: string; is_today: boolean }

const NOTHING: UsageSum = { answers: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: 0 }

/** Days are those of the server, which are UTC. */
export const dayOf = (date: Date) => date.toISOString().slice(0, 10)

export function usageOn(usage: RoomUsage, day: string): UsageSum {
  return usage.by_day.find(one => one.day === day) ?? NOTHING
}

/** The last thirty days, each as a share of the dearest; of the busiest where nothing has a price. */
export function barsOf(usage: RoomUsage, today: Date): Bar[] {
  const measure = usage.by_day.some(day => day.cost_usd > 0) ? costOf : tokensOf
  const days = Array.from({ length: DAYS }, (_, n) => dayOf(new Date(today.getTime() - (DAYS - 1 - n) * DAY_MS)))
  const sums = days.map(day => usageOn(usage, day))
  const most = Math.max(...sums.map(measure))
  return sums.map((sum, n) => {
    const day = days[n] ?? ''
    const height = sum.answers ? Math.max(LOWEST, Math.round((100 * measure(sum)) / (most || 1))) : 0
    return { day, height, words: `${dayName.format(new Date(day))}: ${wordsOf(sum)}`, is_today: n === DAYS - 1 }
  })
}

export function answersOf({ answers }: UsageSum): string {
  return `${compact.format(answers)} ${answers === 1 ? 'answer' : 'answers'}`
}

/** `31 answers · 118K tokens`. */
export function amountOf(sum: UsageSum): string {
  return `${answersOf(sum)} · ${compact.format(tokensOf(sum))} tokens`
}

/** The cost in as many digits as money has; a sum that is not nothing never looks like it. */
export function sumOf({ cost_usd }: UsageSum): string {
  return cost_usd >= 0.01 ? `$${cost_usd.toFixed(2)}` : cost(cost_usd)
}

const wordsOf = (sum: UsageSum) => (sum.answers ? `${sumOf(sum)}, ${amountOf(sum)}` : 'nothing')
const costOf = (sum: UsageSum) => sum.cost_usd
const tokensOf = (sum: UsageSum) => sum.prompt_tokens + sum.completion_tokens
