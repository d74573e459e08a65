import { afterEach, describe, expect, test } from 'bun:test'
import {
  OPENROUTER_BASE_URL,
  type OpenProviderOptions,
  openProvider,
} from '../../../src/server/agents/providers/open.ts'
import type { Provider } from '../../../src/server/agents/providers/provider.ts'
import { type FakeProvider, type FakeProviderOptions, startFakeProvider } from '../../support/fake-provider.ts'

/** Discard: nobody listens there. */
const NOBODY = 'http://127.0.0.1:9'

const opened: Provider[] = []
const started: FakeProvider[] = []
afterEach(async () => {
  for (const provider of opened.splice(0)) provider.close()
  for (const fake of started.splice(0)) await fake.stop()
})

async function open(options: Partial<OpenProviderOptions> = {}) {
  const provider = await openProvider({
    apiKey: null,
    baseUrl: OPENROUTER_BASE_URL,
    defaultModel: null,
    publicUrl: 'https://chat.example',
    ollamaRoot: NOBODY,
    ...options,
  })
  opened.push(provider)
  return provider
}

async function start(options: FakeProviderOptions) {
  const fake = await startFakeProvider(options)
  started.push(fake)
  return fake
}

const answerOf = (provider: Provider, model: string) =>
  provider.chat(
    { model, max_tokens: 50, messages: [{ role: 'user', content: 'Ada: hello' }] },
    {},
    new AbortController().signal,
  )

describe('without a word of configuration', () => {
  test('a local Ollama serves, with its first model that can chat', async () => {
    const ollama = await start({ flavour: 'ollama' })
    const provider = await open({ ollamaRoot: ollama.origin })
    expect(provider.name).toBe('ollama')
    const list = await provider.models()
    expect(list).toMatchObject({ provider: 'ollama', default_model_id: 'fake-chat:8b' })
    expect(list.models.map(model => model.id)).toEqual(['fake-chat:8b', 'fake-vision:4b'])
    expect((await answerOf(provider, 'fake-chat:8b')).text).toContain('You said')
  })

  test('an Ollama without a model does not', async () => {
    const ollama = await start({ flavour: 'ollama' })
    ollama.refuseListing({ status: 200, body: { object: 'list', data: [] } })
    expect((await open({ ollamaRoot: ollama.origin })).name).toBe('offline')
  })

  test('the built-in guide serves, whatever model was configured for another server', async () => {
    const provider = await open({ defaultModel: 'openrouter/auto', baseUrl: `${OPENROUTER_BASE_URL}/` })
    expect(provider.name).toBe('offline')
    expect(provider.description).toContain('no language model')
    const { models, ...list } = await provider.models()
    expect(list).toMatchObject({ provider: 'offline', default_model_id: 'offline/guide' })
    expect(models).toMatchObject([
      { id: 'offline/guide', context_length: 8192, prompt_price: '0', completion_price: '0', supports_tools: false },
    ])
    provider.close()
    expect((await answerOf(provider, 'offline/guide')).error?.code).toBe('unreachable')
  })
})

describe('with a server', () => {
  test('a key alone is OpenRouter’s', async () => {
    const provider = await open({ apiKey: 'sk-or-some-key', ollamaRoot: 'http://never.asked.invalid' })
    expect(provider.name).toBe('openrouter')
  })

  test('its host is the name, and its first model the default', async () => {
    const fake = await start({})
    const provider = await open({ apiKey: fake.apiKey, baseUrl: fake.baseUrl })
    expect(provider.name).toBe(new URL(fake.origin).host)
    expect((await provider.models()).default_model_id).toBe('openrouter/auto')
    expect((await answerOf(provider, 'fake/small')).error).toBeNull()
  })

  test('the port of Ollama is the name of Ollama, key or not', async () => {
    expect((await open({ baseUrl: 'http://gpu.example:11434/v1' })).name).toBe('ollama')
    expect((await open({ baseUrl: 'http://gpu.example:11434', apiKey: 'any' })).name).toBe('ollama')
  })

  test('a configured model is the default, listed or not', async () => {
    const fake = await start({})
    const settings = { apiKey: fake.apiKey, baseUrl: fake.baseUrl }
    const listed = await (await open({ ...settings, defaultModel: 'fake/large' })).models()
    expect(listed.default_model_id).toBe('fake/large')
    const alias = await (await open({ ...settings, defaultModel: '~fake/latest' })).models()
    expect(alias.models[0]).toMatchObject({ id: '~fake/latest', context_length: null })
    expect(alias.models).toHaveLength(listed.models.length + 1)
  })

  test('its address alone is completed', async () => {
    const fake = await start({})
    const provider = await open({ apiKey: fake.apiKey, baseUrl: fake.origin })
    expect((await provider.models()).fetched_at).not.toBeNull()
  })

  test('that is down is said when asked, not when opened', async () => {
    const complaints: string[] = []
    const provider = await open({ baseUrl: `${NOBODY}/v1`, log: line => complaints.push(line) })
    expect(await provider.models()).toMatchObject({ default_model_id: 'default', fetched_at: null })
    expect(complaints).toHaveLength(1)
    expect((await answerOf(provider, 'default')).error?.code).toBe('unreachable')
  })
})
