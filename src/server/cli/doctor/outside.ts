import { OPENROUTER_BASE_URL, openProvider } from '../../agents/providers/open.ts'
import { openEngine } from '../../agents/tools/search/open.ts'
import { ToolFailure } from '../../agents/tools/tool.ts'
import { providerOf, searchOf } from '../../settings.ts'
import type { Place } from '../place.ts'
import { type Finding, good, note, wrong } from './finding.ts'

const PATIENCE_MS = 10_000

export async function lookAtProvider({ env }: Place): Promise<Finding[]> {
  let trouble: string | null = null
  const provider = await openProvider({
    ...providerOf(env),
    log: line => {
      trouble = line
    },
  })
  try {
    const { models, default_model_id: id } = await provider.models()
    const about = 'AI provider'
    if (provider.name === 'offline')
      return [
        note(
          about,
          'The built-in offline guide, which is no language model.',
          'Set OPENROUTER_API_KEY, or OPENROUTER_BASE_URL to another server.',
        ),
      ]
    if (trouble)
      return [wrong(about, `${trouble}.`, 'Is OPENROUTER_BASE_URL right, is the server up, is the key good?')]
    if (await refusesKey(env))
      return [
        wrong(
          about,
          'OpenRouter does not know the key.',
          'Set OPENROUTER_API_KEY to a key that is good: https://openrouter.ai/keys.',
        ),
      ]
    // A model that the provider does not list is put first, with nothing known of it.
    const listed = models.some(model => model.id === id && (model.context_length !== null || model.name !== model.id))
    const answer = good(about, `${provider.description} answers, with ${models.length} models.`)
    if (listed || provider.name === 'ollama') return [answer]
    return [
      answer,
      note('Default model', `${id} is not in the provider’s list.`, 'If it is misspelled, change DEFAULT_MODEL.'),
    ]
  } finally {
    provider.close()
  }
}

/** OpenRouter lists its models to everybody; only this says whether the key is one. */
async function refusesKey({
  OPENROUTER_API_KEY: key,
  OPENROUTER_BASE_URL: configured,
}: Place['env']): Promise<boolean> {
  const base = configured ?? OPENROUTER_BASE_URL
  if (!key || new URL(base).hostname !== 'openrouter.ai') return false
  const response = await fetch(`${base}/key`, {
    headers: { Authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  return response.status === 401 || response.status === 403
}

export async function lookAtSearch({ env }: Place): Promise<Finding[]> {
  const about = 'Web search'
  const engine = openEngine(searchOf(env))
  if (!engine) return [note(about, 'Off.', 'Set SEARCH_PROVIDER to let the assistant search.')]
  try {
    const found = await engine.search('GroupChat', AbortSignal.timeout(PATIENCE_MS))
    return [good(about, `${engine.name} answers, with ${found.length} results.`)]
  } catch (error) {
    const reason = error instanceof ToolFailure ? error.message : 'It did not answer in time.'
    return [
      wrong(
        about,
        `${engine.name}: ${reason}`,
        'Is the key good, is its address right, and may this machine reach it?',
      ),
    ]
  }
}
