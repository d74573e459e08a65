import type { AiRun, Message } from '../../../shared/messages.ts'

const number = new Intl.NumberFormat('en-US')

export type Statistic = { name: string; text: string; title: string }

/** The small grey line under a reply: model · tokens · speed · time · cost, as far as each is known. */
export function statisticsOf(ai: AiRun): Statistic[] {
  const parts: (Statistic | null)[] = [
    { name: 'model', text: ai.model ?? ai.model_id, title: modelTitle(ai) },
    tokens(ai),
    ai.tokens_per_second === null
      ? null
      : { name: 'speed', text: `${rounded(ai.tokens_per_second)} tok/s`, title: 'Tokens per second' },
    ai.response_ms === null ? null : { name: 'time', text: seconds(ai.response_ms), title: timeTitle(ai) },
    ai.cost_usd === null ? null : { name: 'cost', text: cost(ai.cost_usd), title: 'What this reply cost' },
  ]
  return parts.filter(part => part !== null)
}

export function seconds(ms: number): string {
  if (ms < 50) return '< 0.1 s'
  return ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`
}

/** Two figures that matter, however small the sum. */
export function cost(usd: number): string {
  if (usd === 0) return '$0'
  if (usd >= 0.1) return `$${usd.toFixed(2)}`
  const digits = Math.min(10, 1 - Math.floor(Math.log10(usd)))
  return `$${usd.toFixed(digits).replace(/0+$/, '')}`
}

/** What stands in place of, or under, a reply that did not come to a good end; null when it did. */
export function endingOf(
  message: Message,
  nameOf: (id: string) => string | null,
): { bad: boolean; text: string } | null {
  const { ai, status } = message
  if (status === 'error') return { bad: true, text: ai?.error ?? 'The assistant could not answer.' }
  if (status === 'interrupted') return { bad: true, text: ai?.error ?? 'The reply was interrupted.' }
  if (status !== 'stopped') return null
  const who = ai?.stopped_by ? nameOf(ai.stopped_by) : null
  const when = ai?.response_ms == null ? '' : ` at ${seconds(ai.response_ms)}`
  return { bad: false, text: `Stopped${who ? ` by ${who}` : ''}${when}` }
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

function modelTitle(ai: AiRun): string {
  return [ai.model_id, ai.provider ? `by ${ai.provider}` : ''].filter(Boolean).join(' ')
}

function timeTitle(ai: AiRun): string {
  return ai.first_token_ms === null
    ? 'Time to answer'
    : `Time to answer; first words after ${seconds(ai.first_token_ms)}`
}

function rounded(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value))
}
