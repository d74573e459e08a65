import { OPENROUTER_BASE_URL } from './agents/providers/open.ts'
import type { Env } from './env.ts'

/** Which provider the assistants run on, as the environment says. */
export function providerOf(env: Env) {
  return {
    apiKey: env.OPENROUTER_API_KEY ?? null,
    baseUrl: env.OPENROUTER_BASE_URL ?? OPENROUTER_BASE_URL,
    defaultModel: env.DEFAULT_MODEL ?? null,
    publicUrl: env.PUBLIC_URL,
  }
}

/** With what the assistants search the web. */
export function searchOf(env: Env) {
  return {
    provider: env.SEARCH_PROVIDER ?? null,
    braveKey: env.BRAVE_API_KEY ?? null,
    tavilyKey: env.TAVILY_API_KEY ?? null,
    searxngUrl: env.SEARXNG_URL ?? null,
    braveBaseUrl: env.BRAVE_BASE_URL ?? null,
    tavilyBaseUrl: env.TAVILY_BASE_URL ?? null,
  }
}
