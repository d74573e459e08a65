import type { Model } from '../../../shared/rooms.ts'
import { createCatalog, fetchListedModels } from './catalog.ts'
import { OFFLINE_MODEL, serveOffline } from './offline.ts'
import { createOllamaDetails, ollamaAnswers } from './ollama.ts'
import { openAICompatible } from './openai-compatible.ts'
import type { Provider } from './provider.ts'

export const OPENROUTER_BASE_URL = 'https://openrouter.ai/api/v1'
const OPENROUTER_DEFAULT_MODEL = 'openrouter/auto'
const OLLAMA_ROOT = 'http://127.0.0.1:11434'
const OLLAMA_PORT = '11434'
const PROBE_TIMEOUT_MS = 500

export type OpenProviderOptions = {
  apiKey: string | null
  /** Up to and with `/v1`; `OPENROUTER_BASE_URL` unless somebody chose another server. */
  baseUrl: string
  /** Null unless somebody chose one. */
  defaultModel: string | null
  /** Where this server is, for OpenRouter's list of applications. */
  publicUrl: string
  log?: (line: string) => void
  /** Where a local Ollama is looked for, without `/v1`. */
  ollamaRoot?: string
}

/** The provider that the assistants run on: the configured server, else a local Ollama, else the built-in guide. */
export async function openProvider(options: OpenProviderOptions): Promise<Provider> {
  const { apiKey, baseUrl, ollamaRoot = OLLAMA_ROOT } = options
  if (apiKey || !sameUrl(baseUrl, OPENROUTER_BASE_URL)) return openServer(baseUrl, options)
  if (await ollamaAnswers(ollamaRoot, PROBE_TIMEOUT_MS)) return openOllama(`${ollamaRoot}/v1`, options)
  return openOffline(options)
}

function openServer(configured: string, options: OpenProviderOptions): Provider {
  const { hostname, host, port, pathname, origin } = new URL(configured)
  // Ollama's address alone is what many will copy; it answers under /v1.
  const baseUrl = pathname === '/' && port === OLLAMA_PORT ? `${origin}/v1` : configured
  if (hostname === 'openrouter.ai') return openOpenRouter(baseUrl, options)
  if (port === OLLAMA_PORT) return openOllama(baseUrl, options)
  // A gateway in front of OpenRouter passes these on; whoever does not know them ignores them.
  const headers = attribution(options)
  return connect(options, { name: host, label: host, description: `the server at ${host}`, baseUrl, headers })
}

function openOpenRouter(baseUrl: string, options: OpenProviderOptions): Provider {
  return connect(options, {
    name: 'openrouter',
    label: 'OpenRouter',
    description: 'OpenRouter',
    baseUrl,
    headers: attribution(options),
    fallbackModel: OPENROUTER_DEFAULT_MODEL,
  })
}

/** Says to OpenRouter which application asks. */
function attribution({ publicUrl }: OpenProviderOptions): Record<string, string> {
  return { 'HTTP-Referer': publicUrl, 'X-OpenRouter-Title': 'GroupChat' }
}

function openOllama(baseUrl: string, options: OpenProviderOptions): Provider {
  return connect(options, {
    name: 'ollama',
    label: 'Ollama',
    description: `Ollama at ${new URL(baseUrl).host}`,
    baseUrl,
    describe: createOllamaDetails(baseUrl.replace(/\/v1\/*$/, '')),
    hint: 'Ollama forgets the beginning of long conversations without saying so: set OLLAMA_CONTEXT_LENGTH to let it read more.',
  })
}

function openOffline(options: OpenProviderOptions): Provider {
  const server = serveOffline()
  // A configured model is no model of the guide's.
  return connect(
    { ...options, apiKey: null, defaultModel: OFFLINE_MODEL },
    {
      name: 'offline',
      label: 'The offline guide',
      description: 'the built-in offline guide, which is no language model',
      baseUrl: server.baseUrl,
      onClose: server.close,
    },
  )
}

type Server = {
  name: string
  label: string
  description: string
  baseUrl: string
  headers?: Record<string, string>
  fallbackModel?: string
  /** What somebody who runs the server should know. */
  hint?: string
  /** Adds to the listed models what the list does not say. */
  describe?: (models: Model[]) => Promise<Model[]>
  onClose?: () => void
}

function connect({ apiKey, defaultModel, log }: OpenProviderOptions, server: Server): Provider {
  const { name, baseUrl, headers, describe = async models => models } = server
  const authorized: Record<string, string> = apiKey ? { Authorization: `Bearer ${apiKey}` } : {}
  const models = createCatalog({
    provider: name,
    fetchModels: async () => describe(await fetchListedModels(baseUrl, { ...headers, ...authorized })),
    defaultModel: defaultModel ?? server.fallbackModel ?? null,
    hint: server.hint,
    log,
  })
  return openAICompatible({ ...server, apiKey, models })
}

function sameUrl(one: string, other: string): boolean {
  const bare = (url: string) => new URL(url).href.replace(/\/+$/, '')
  return bare(one) === bare(other)
}
