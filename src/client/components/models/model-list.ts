import type { Model } from '../../../shared/rooms.ts'
import type { Models } from '../../stores/models.ts'

const PER_MILLION = 1_000_000
const SHOWN = 60

/** The models that fit what was typed: every word has to occur in the name or the id. */
export function matchingModels(models: readonly Model[], query: string): { shown: Model[]; hidden: number } {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const fitting = models.filter(model => {
    const text = `${model.name} ${model.id}`.toLowerCase()
    return words.every(word => text.includes(word))
  })
  return { shown: fitting.slice(0, SHOWN), hidden: Math.max(0, fitting.length - SHOWN) }
}

/** `128k context`, empty where unknown. */
export function contextOf(model: Pick<Model, 'context_length'>): string {
  const length = model.context_length
  if (!length) return ''
  if (length >= PER_MILLION) return `${trimmed(length / PER_MILLION, 1)}M context`
  return length >= 1_000 ? `${Math.round(length / 1_000)}k context` : `${length} context`
}

/** Dollars per million tokens, in and out. */
export function priceOf(model: Pick<Model, 'prompt_price' | 'completion_price'>): string {
  const prompt = dollars(model.prompt_price)
  const completion = dollars(model.completion_price)
  if (prompt === null || completion === null) return 'price unknown'
  if (prompt < 0 || completion < 0) return 'price varies'
  if (prompt === 0 && completion === 0) return 'free'
  return `$${trimmed(prompt, 3)} in · $${trimmed(completion, 3)} out per 1M`
}

/** Both in one line. */
export function factsOf(model: Model): string {
  return [contextOf(model), priceOf(model)].filter(Boolean).join(' · ')
}

/** Whether a room relies on a model that the provider does not offer, or no longer. */
export function isGone(models: Pick<Models, 'list' | 'find'>, id: string): boolean {
  return models.list.length > 0 && !models.find(id)
}

/** What whoever chooses a model should know of it beyond its facts; null where there is nothing. */
export function noteOn(models: Pick<Models, 'list' | 'find'>, id: string): string | null {
  if (isGone(models, id)) return 'The provider does not offer this model any more. Choose another one.'
  return models.find(id)?.supports_tools === false ? 'This model cannot search or read pages.' : null
}

function dollars(price: string | null): number | null {
  if (price === null || price.trim() === '' || Number.isNaN(Number(price))) return null
  return Number(price) * PER_MILLION
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}
