import type { Model } from '../../../shared/rooms.ts'
import { number, parseJson, record, texts } from './json.ts'

const ASKED_AT_ONCE = 4
const TIMEOUT_MS = 3_000

/** True when an Ollama with at least one model answers there in time. `root` is without `/v1`. */
export async function ollamaAnswers(root: string, timeoutMs: number): Promise<boolean> {
  try {
    const response = await fetch(`${root}/v1/models`, { signal: AbortSignal.timeout(timeoutMs) })
    const body = record(parseJson(await response.text()))
    return response.ok && Array.isArray(body?.data) && body.data.length > 0
  } catch {
    return false
  }
}

/**
 * Ollama's OpenAI-compatible list holds ids only; what a model can do stands in `POST /api/show`. Each model is asked about
 * once. One that cannot chat (an embedding model) leaves the list; one of which nothing is known stays, without tools.
 */
export function createOllamaDetails(root: string) {
  const known = new Map<string, Model | null>()

  async function describe(model: Model): Promise<Model | null> {
    const earlier = known.get(model.id)
    if (earlier !== undefined) return earlier
    try {
      const response = await fetch(`${root}/api/show`, {
        method: 'POST',
        body: JSON.stringify({ model: model.id }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const shown = record(parseJson(await response.text()))
      if (!response.ok || !shown) return { ...model, supports_tools: false }
      const described = withDetails(model, shown)
      known.set(model.id, described)
      return described
    } catch {
      return { ...model, supports_tools: false }
    }
  }

  return async (models: Model[]): Promise<Model[]> => {
    const described = new Map<string, Model | null>()
    const waiting = [...models]
    async function work() {
      for (let model = waiting.shift(); model; model = waiting.shift()) described.set(model.id, await describe(model))
    }
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, work))
    return models.map(model => described.get(model.id) ?? null).filter(model => model !== null)
  }
}

function withDetails(model: Model, shown: Record<string, unknown>): Model | null {
  const info = record(shown.model_info) ?? {}
  const length = Object.entries(info).find(([key]) => key.endsWith('.context_length'))?.[1]
  // Ollama before 0.6 shows no capabilities.
  if (!Array.isArray(shown.capabilities)) return { ...model, context_length: number(length), supports_tools: false }
  const abilities = texts(shown.capabilities)
  if (!abilities.includes('completion')) return null
  return {
    ...model,
    context_length: number(length),
    input_modalities: abilities.includes('vision') ? ['text', 'image'] : ['text'],
    supports_tools: abilities.includes('tools'),
  }
}
