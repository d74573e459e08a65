import type { ModelList } from '../../shared/rooms.ts'

/** What rooms need to know of the provider: which models there are. Resolves always, with the last good list if need be. */
export interface ModelCatalog {
  models(): Promise<ModelList>
}
