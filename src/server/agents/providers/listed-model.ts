import type { Model } from '../../../shared/rooms.ts'
import { type JsonRecord, number, record, text, texts } from './json.ts'

/**
 * One entry of `GET /models` in our shape. OpenRouter says everything, llama.cpp and vLLM the size of the window, Ollama and
 * LM Studio only an id. A server that keeps silent about tools is taken to have them, and refuses them in words if not.
 */
export function listedModel(entry: JsonRecord): Model | null {
  const id = text(entry.id)
  if (id === null) return null
  const architecture = record(entry.architecture)
  const modalities = texts(architecture?.input_modalities)
  const pricing = record(entry.pricing)
  const parameters = Array.isArray(entry.supported_parameters) ? texts(entry.supported_parameters) : null
  return {
    id,
    name: text(entry.name) ?? nameOf(id),
    context_length: contextLength(entry),
    input_modalities: modalities.length > 0 ? modalities : ['text'],
    supports_tools: parameters?.includes('tools') ?? true,
    prompt_price: price(pricing?.prompt),
    completion_price: price(pricing?.completion),
  }
}

function contextLength(entry: JsonRecord): number | null {
  const meta = record(entry.meta)
  const lengths = [entry.context_length, entry.max_model_len, meta?.n_ctx, meta?.n_ctx_train, entry.max_context_length]
  const length = lengths.map(number).find(one => one !== null && one > 0)
  return length == null ? null : Math.floor(length)
}

/** The ids of llama.cpp are paths of files. */
function nameOf(id: string): string {
  return /\.gguf$/i.test(id) ? id.replace(/^.*[/\\]/, '').slice(0, -'.gguf'.length) : id
}

/** USD per token. A router has no price of its own and says -1. */
function price(value: unknown): string | null {
  const amount = number(value)
  return amount === null || amount < 0 ? null : String(value)
}
