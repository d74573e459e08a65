import type { Model, ModelList } from '../../shared/rooms.ts'
import type { Api } from '../api.ts'
import { createObservable } from './observable.ts'

export type Models = ReturnType<typeof createModels>

/** The models that the server can reach, asked for once and again after a failure. */
export function createModels(api: Api) {
  const { subscribe, changed } = createObservable()
  let list: ModelList | null = null
  let problem: string | null = null
  let asked: Promise<void> | null = null

  async function ask() {
    problem = null
    changed()
    try {
      list = await api.models()
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
      asked = null
    }
    changed()
  }

  return {
    subscribe,
    load() {
      asked ??= ask()
      return asked
    },
    get list(): readonly Model[] {
      return list?.models ?? []
    },
    get ready() {
      return list !== null
    },
    get problem() {
      return problem
    },
    get defaultId() {
      return list?.default_model_id ?? null
    },
    /** True when replies come from the built-in stand-in, which people must be told. */
    get offline() {
      return list?.provider === 'offline'
    },
    /** For whoever runs the server. */
    get hint() {
      return list?.hint ?? null
    },
    find(id: string): Model | null {
      return list?.models.find(model => model.id === id) ?? null
    },
  }
}
