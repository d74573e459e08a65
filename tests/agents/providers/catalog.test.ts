import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createCatalog, fetchListedModels } from '../../../src/server/agents/providers/catalog.ts'
import { listedModel } from '../../../src/server/agents/providers/listed-model.ts'
import { createOllamaDetails } from '../../../src/server/agents/providers/ollama.ts'
import { type Model, ModelList } from '../../../src/shared/rooms.ts'
import { type FakeProvider, startFakeProvider } from '../../support/fake-provider.ts'

const MINUTE = 60_000

const model = (id: string): Model => ({
  id,
  name: id,
  context_length: null,
  input_modalities: ['text'],
  supports_tools: true,
  prompt_price: null,
  completion_price: null,
})

/** A catalog with a clock of its own, over a provider that lists `listed`, or cannot be asked where that is null. */
function catalogOver(listed: string[] | null, defaultModel: string | null = 'a/one') {
  const world = { now: Date.UTC(2026, 10, 20), listed, asked: 0, complaints: [] as string[] }
  const models = createCatalog({
    provider: 'openrouter',
    defaultModel,
    now: () => world.now,
    log: line => world.complaints.push(line),
    async fetchModels() {
      world.asked++
      await Promise.resolve()
      if (world.listed === null) throw new Error('HTTP 503')
      return world.listed.map(model)
    },
  })
  return { world, models, ids: async () => (await models()).models.map(({ id }) => id) }
}

describe('the list', () => {
  test('is asked for once in five minutes', async () => {
    const { world, models } = catalogOver(['a/one'])
    const first = await models()
    world.now += 5 * MINUTE - 1
    expect(await models()).toEqual(first)
    expect(world.asked).toBe(1)
    world.now += 1
    expect((await models()).fetched_at).toBe('2026-11-20T00:05:00.000Z')
    expect(world.asked).toBe(2)
  })

  test('is asked for once by many at a time', async () => {
    const { world, models } = catalogOver(['a/one'])
    await Promise.all(Array.from({ length: 20 }, models))
    expect(world.asked).toBe(1)
  })

  test('stays the last good one when the provider cannot be asked, which is left alone for a while', async () => {
    const { world, models, ids } = catalogOver(['a/one', 'b/two'])
    await models()
    world.listed = null
    world.now += 5 * MINUTE
    expect(await ids()).toEqual(['a/one', 'b/two'])
    expect((await models()).fetched_at).toBe('2026-11-20T00:00:00.000Z')
    expect(world.asked).toBe(2)
    expect(world.complaints).toEqual(['The list of models could not be fetched from openrouter: HTTP 503'])
    world.listed = ['c/three', 'a/one']
    world.now += 15_000
    expect(await ids()).toEqual(['c/three', 'a/one'])
  })

  test('is the default model alone when there never was one', async () => {
    const { models } = catalogOver(null)
    expect(await models()).toEqual({
      models: [model('a/one')],
      default_model_id: 'a/one',
      provider: 'openrouter',
      fetched_at: null,
      hint: null,
    })
  })

  test('always holds the default model, once', async () => {
    expect(await catalogOver(['b/two'], 'a/one').ids()).toEqual(['a/one', 'b/two'])
    expect(await catalogOver(['b/two', 'a/one'], 'a/one').ids()).toEqual(['b/two', 'a/one'])
  })

  test('chooses the first that can chat where nobody chose', async () => {
    const chosen = async (ids: string[] | null) => (await catalogOver(ids, null).models()).default_model_id
    expect(await chosen(['nomic-embed-text', 'b/two', 'c/three'])).toBe('b/two')
    expect(await chosen(['nomic-embed-text'])).toBe('nomic-embed-text')
    expect(await chosen([])).toBe('default')
    expect(await chosen(null)).toBe('default')
  })
})

describe('an entry', () => {
  test.each<[string, Record<string, unknown>, Partial<Model>]>([
    [
      'of OpenRouter',
      {
        id: 'm/one',
        name: 'Maker: One',
        context_length: 200_000,
        architecture: { input_modalities: ['image', 'text'] },
        pricing: { prompt: '0.000003', completion: '0' },
        supported_parameters: ['tools'],
      },
      {
        name: 'Maker: One',
        context_length: 200_000,
        input_modalities: ['image', 'text'],
        supports_tools: true,
        prompt_price: '0.000003',
        completion_price: '0',
      },
    ],
    ['without tools', { id: 'x', supported_parameters: ['max_tokens'] }, { supports_tools: false }],
    [
      'of a router',
      { id: 'x', pricing: { prompt: '-1', completion: -1 } },
      { prompt_price: null, completion_price: null },
    ],
    [
      'with a number for a price',
      { id: 'x', pricing: { prompt: 0.25 } },
      { prompt_price: '0.25', completion_price: null },
    ],
    ['of Ollama', { id: 'q:8b', object: 'model', owned_by: 'library' }, { name: 'q:8b', context_length: null }],
    [
      'of llama.cpp',
      { id: '../models/Some-8B.gguf', meta: { n_ctx_train: 131_072 }, architecture: { input_modalities: ['text'] } },
      { id: '../models/Some-8B.gguf', name: 'Some-8B', context_length: 131_072 },
    ],
    ['of vLLM', { id: 'org/m', max_model_len: 4096 }, { context_length: 4096 }],
    [
      'with nonsense',
      { id: 'x', name: 7, context_length: 'long', pricing: [], architecture: null },
      { name: 'x', context_length: null },
    ],
  ])('%s', (_, entry, wanted) => {
    expect(listedModel(entry)).toMatchObject(wanted)
  })

  test('without an id is none', () => {
    expect(listedModel({ name: 'x' })).toBeNull()
  })
})

describe('over HTTP', () => {
  let fake: FakeProvider
  afterEach(() => fake.stop())

  test('OpenRouter’s list is trimmed to our shape', async () => {
    fake = await startFakeProvider()
    const models = await fetchListedModels(fake.baseUrl, {})
    const list = { models, default_model_id: 'x', provider: 'openrouter', fetched_at: null, hint: null }
    expect(ModelList.strict().parse(list).models).toEqual(models)
    expect(models.find(({ id }) => id === 'fake/plain')?.supports_tools).toBe(false)
  })

  test('a refusal and a page are failures', async () => {
    fake = await startFakeProvider()
    fake.refuseListing({ status: 503, body: {} })
    expect(fetchListedModels(fake.baseUrl, {})).rejects.toThrow('HTTP 503')
    fake.refuseListing({ status: 200, body: '<html>' })
    expect(fetchListedModels(fake.baseUrl, {})).rejects.toThrow('no list of models')
  })

  describe('Ollama', () => {
    beforeEach(async () => {
      fake = await startFakeProvider({ flavour: 'ollama' })
    })

    test('tells of each model what its list does not', async () => {
      const models = await createOllamaDetails(fake.origin)(await fetchListedModels(fake.baseUrl, {}))
      expect(models).toMatchObject([
        { id: 'fake-chat:8b', context_length: 40_960, supports_tools: true, input_modalities: ['text'] },
        { id: 'fake-vision:4b', context_length: 131_072, supports_tools: false, input_modalities: ['text', 'image'] },
      ])
    })

    test('that does not tell leaves the model, without tools', async () => {
      const [described] = await createOllamaDetails(fake.origin)([model('unknown:1b')])
      expect(described).toEqual({ ...model('unknown:1b'), supports_tools: false })
    })
  })
})
