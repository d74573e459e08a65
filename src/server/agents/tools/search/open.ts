import type { Tool } from '../tool.ts'
import { brave } from './brave.ts'
import type { SearchEngine } from './engine.ts'
import { searxng } from './searxng.ts'
import { tavily } from './tavily.ts'
import { createWebSearch } from './web-search.ts'

export type SearchConfig = {
  provider: 'brave' | 'tavily' | 'searxng' | null
  braveKey: string | null
  tavilyKey: string | null
  searxngUrl: string | null
  /** In place of the hosts of Brave and Tavily. */
  braveBaseUrl: string | null
  tavilyBaseUrl: string | null
}

/** The search that the administrator has chosen; null without a choice: nobody's questions leave the house unasked. */
export function openSearch(config: SearchConfig): Tool<{ query: string }> | null {
  const engine = openEngine(config)
  return engine && createWebSearch(engine)
}

/** The engine behind it, for who wants to know whether it answers. */
export function openEngine(config: SearchConfig): SearchEngine | null {
  const { provider, braveBaseUrl, tavilyBaseUrl, searxngUrl } = config
  const braveKey = config.braveKey?.trim()
  const tavilyKey = config.tavilyKey?.trim()
  if (provider === 'brave' && braveKey) return brave({ apiKey: braveKey, baseUrl: braveBaseUrl })
  if (provider === 'tavily' && tavilyKey) return tavily({ apiKey: tavilyKey, baseUrl: tavilyBaseUrl })
  if (provider === 'searxng' && searxngUrl) return searxng({ baseUrl: searxngUrl })
  return null
}
