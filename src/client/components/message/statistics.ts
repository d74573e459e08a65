import type { AiRun } from '../../../shared/messages.ts'
import { seconds } from './ending.ts'

const number = new Intl.NumberFormat('en-US')

export type Statistic = { name: string; text: string; title: string }

/** The small grey line under a reply: model · tokens · speed · times · cost, as far as each is known. */
export function statisticsOf(ai: AiRun): Statistic[] {
  const parts: (Statistic | null)[] = [
    { name: 'model', text: shortModel(ai.model ?? ai.model_id), title: modelTitle(ai) },
    tokens(ai),
    ai.tokens_per_second === null
      ? null
      : { name: 'speed', text: `${rounded(ai.tokens_per_second)} tok/s`, title: 'Tokens per second' },
    ai.first_token_ms === null
      ? null
      : { name: 'first', text: `first ${seconds(ai.first_token_ms)}`, title: 'Time until the first words' },
    ai.response_ms === null ? null : { name: 'time', text: seconds(ai.response_ms), title: 'Time to answer, in all' },
    ai.cost_usd === null
      ? null
      : { name: 'cost', text: cost(ai.cost_usd), title: 'What this reply cost, in US dollars' },
  ]
  return parts.filter(part => part !== null)
}

/** Without whoever made it: `claude-sonnet-5`. */
export function shortModel(id: string): string {
  return id.slice(id.indexOf('/') + 1)
}

/** Two figures that matter, however small the sum. */
export function cost(usd: number): string {
  if (usd === 0) return '$0'
  if (usd >= 0.1) return `$${usd.toFixed(2)}`
  const digits = Math.min(10, 1 - Math.floor(Math.log10(usd)))
  return `$${usd.toFixed(digits).replace(/0+$/, '')}`
}

function tokens(ai: AiRun): Statistic | null {
  if (ai.prompt_tokens === null && ai.completion_tokens === null) return null
  const count = (value: number | null) => (value === null ? '?' : number.format(value))
  return {
    name: 'tokens',
    text: `${count(ai.prompt_tokens)} in · ${count(ai.completion_tokens)} out`,
    title: 'Tokens read and written',
  }
}

function modelTitle({ model_id, model, provider }: AiRun): string {
  const answered = `Answered by ${model ?? model_id}`
  const asked = model && model !== model_id ? `, asked of ${model_id}` : ''
  return `${answered}${provider ? ` (${provider})` : ''}${asked}`
}

function rounded(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value))
}
