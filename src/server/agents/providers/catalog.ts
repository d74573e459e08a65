import type { Model, ModelList } from '../../../shared/rooms.ts'
import { parseJson, record, records } from './json.ts'
import { listedModel } from './listed-model.ts'

const FRESH_MS = 5 * 60_000
/** After a failure the provider is left alone for a while: the last good list serves meanwhile. */
const AFTER_FAILURE_MS = 15_000
const TIMEOUT_MS = 10_000

/** Models that a list may hold and that cannot hold a conversation. */
const NOT_FOR_CHAT = /embed|whisper|tts|rerank|moderation|dall-e|transcribe/i

export type CatalogOptions = {
  /** `Provider.name`. */
  provider: string
  /** Asks the provider; rejects when it cannot be asked. */
  fetchModels: () => Promise<Model[]>
  /** Null: the first listed model that can chat. */
  defaultModel: string | null
  /** What somebody who runs this server should know of its provider. */
  hint?: string
  freshMs?: number
  afterFailureMs?: number
  now?: () => number
  log?: (line: string) => void
}

/** The provider's models: asked for at most once in five minutes, however many ask, and never lost once seen. */
export function createCatalog(options: CatalogOptions): () => Promise<ModelList> {
  const { freshMs = FRESH_MS, afterFailureMs = AFTER_FAILURE_MS, now = Date.now } = options
  let models: Model[] = []
  let fetchedAt: number | null = null
  let askAgainAt = 0
  let asking: Promise<void> | null = null

  async function ask() {
    try {
      models = await options.fetchModels()
      fetchedAt = now()
      askAgainAt = fetchedAt + freshMs
    } catch (error) {
      askAgainAt = now() + afterFailureMs
      options.log?.(
        `The list of models could not be fetched from ${options.provider}: ${error instanceof Error ? error.message : error}`,
      )
    }
  }

  function list(): ModelList {
    const chosen = options.defaultModel ?? models.find(model => !NOT_FOR_CHAT.test(model.id))?.id ?? models[0]?.id
    // A server that lists nothing mostly serves one model and does not look at the name.
    const id = chosen ?? 'default'
    const known = models.some(model => model.id === id)
    return {
      models: known ? models : [unlisted(id), ...models],
      default_model_id: id,
      provider: options.provider,
      fetched_at: fetchedAt === null ? null : new Date(fetchedAt).toISOString(),
      hint: options.hint ?? null,
    }
  }

  return async () => {
    if (now() >= askAgainAt) {
      asking ??= ask().finally(() => {
        asking = null
      })
      await asking
    }
    return list()
  }
}

/** `GET {baseUrl}/models`, trimmed to what the rooms need of it; the whole answer of OpenRouter is half a megabyte. */
export async function fetchListedModels(
  baseUrl: string,
  headers: Record<string, string>,
  timeoutMs = TIMEOUT_MS,
): Promise<Model[]> {
  const url = `${baseUrl.replace(/\/+$/, '')}/models`
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) })
  const body = record(parseJson(await response.text()))
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  if (!Array.isArray(body?.data)) throw new Error('the answer holds no list of models')
  const listed = new Map<string, Model>()
  for (const entry of records(body.data)) {
    const model = listedModel(entry)
    if (model && !listed.has(model.id)) listed.set(model.id, model)
  }
  return [...listed.values()]
}

/** A model that can be asked for although the provider's list does not hold it: an alias, or a list that cannot be had. */
function unlisted(id: string): Model {
  return {
    id,
    name: id,
    context_length: null,
    input_modalities: ['text'],
    supports_tools: true,
    prompt_price: null,
    completion_price: null,
  }
}
