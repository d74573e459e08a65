import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Api } from '../../../src/client/api.ts'
import { contextOf, matchingModels, noteOn, priceOf } from '../../../src/client/components/models/model-list.ts'
import { createModels } from '../../../src/client/stores/models.ts'
import type { Model } from '../../../src/shared/rooms.ts'
import { openPage, press, settled } from '../../support/riot.ts'

const model = (id: string, name: string, change: Partial<Model> = {}): Model => ({
  id,
  name,
  context_length: 128_000,
  input_modalities: ['text'],
  supports_tools: true,
  prompt_price: '0.000003',
  completion_price: '0.000015',
  ...change,
})
const MODELS = [
  model('openrouter/auto', 'Auto Router', { prompt_price: '-1', completion_price: '-1', context_length: 2_000_000 }),
  model('acme/large-5', 'Acme: Large 5'),
  model('acme/small-5', 'Acme: Small 5', { prompt_price: '0', completion_price: '0' }),
]

describe('the words about a model', () => {
  test('every word has to occur in the name or the id', () => {
    const found = (query: string) => matchingModels(MODELS, query).shown.map(one => one.id)
    expect(found('')).toHaveLength(3)
    expect(found('ACME 5')).toEqual(['acme/large-5', 'acme/small-5'])
    expect(found('large acme/')).toEqual(['acme/large-5'])
    expect(found('none')).toEqual([])
  })
  test('a long list is cut, and says so', () => {
    const many = Array.from({ length: 100 }, (_, n) => model(`m/${n}`, `Model ${n}`))
    expect(matchingModels(many, '')).toMatchObject({ shown: { length: 60 }, hidden: 40 })
  })
  test.each<[Partial<Model>, string]>([
    [{}, '$3 in · $15 out per 1M'],
    [{ prompt_price: '0', completion_price: '0' }, 'free'],
    [{ prompt_price: '-1', completion_price: '-1' }, 'price varies'],
    [{ prompt_price: null }, 'price unknown'],
    [{ prompt_price: '0.00000025', completion_price: '0.000002' }, '$0.25 in · $2 out per 1M'],
  ])('price of %j', (change, words) => expect(priceOf(model('a', 'A', change))).toBe(words))
  test.each([
    [128_000, '128k context'],
    [1_048_576, '1M context'],
    [2_500_000, '2.5M context'],
    [512, '512 context'],
    [null, ''],
  ])('context of %d', (context_length, words) => expect(contextOf({ context_length })).toBe(words))
  test('a model that is gone, or cannot use tools, is pointed out', () => {
    const list = [model('plain', 'Plain', { supports_tools: false }), model('large', 'Large')]
    const models = { list, find: (id: string) => list.find(one => one.id === id) ?? null }
    expect(noteOn(models, 'large')).toBeNull()
    expect(noteOn(models, 'plain')).toBe('This model cannot search or read pages.')
    expect(noteOn(models, 'gone')).toContain('does not offer this model any more')
    expect(noteOn({ list: [], find: () => null }, 'gone')).toBeNull()
  })
})

describe('the selector', () => {
  let browser: ReturnType<typeof openPage>
  let root: HTMLElement
  let picked: string[]
  beforeAll(() => {
    browser = openPage()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    picked = []
    const list = {
      models: MODELS,
      default_model_id: 'openrouter/auto',
      provider: 'openrouter',
      fetched_at: null,
      hint: null,
    }
    const models = createModels({ models: async () => list } as unknown as Api)
    const props = { models, picked: (id: string) => picked.push(id) }
    root = await browser.mount('../../src/client/components/models/model-selector.riot', props)
    await settled()
  })
  const input = () => root.querySelector('input') as HTMLInputElement
  const options = () =>
    [...root.querySelectorAll('[role="option"]')].map(option => option.getAttribute('data-model-id'))
  const search = (text: string) => {
    input().value = text
    input().dispatchEvent(new Event('input', { bubbles: true }))
  }

  test('shows the default model with its facts', () => {
    expect(root.querySelector('.chosen')?.textContent).toContain('Auto Router')
    expect(root.querySelector('.chosen')?.textContent).toContain('2M context · price varies')
  })

  test('finds by name and takes with the keyboard', () => {
    search('acme')
    expect(options()).toEqual(['acme/large-5', 'acme/small-5'])
    press(input(), 'ArrowDown')
    expect(input().getAttribute('aria-activedescendant')).toBe('model-option-1')
    press(input(), 'Enter')
    expect(picked).toEqual(['acme/small-5'])
    expect(options()).toEqual([])
    expect(root.querySelector('.chosen')?.textContent).toContain('free')
  })

  test('says when nothing fits, and Escape gives up', () => {
    search('nothing like it')
    expect(root.querySelector('.options')?.textContent).toContain('No model matches')
    press(input(), 'Escape')
    expect(root.querySelector('.options')).toBeNull()
    expect(picked).toEqual([])
  })
})
