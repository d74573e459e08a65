import { z } from 'zod'
import type { Tool } from '../tool.ts'
import type { SearchEngine, SearchResult } from './engine.ts'
import { line } from './tidy.ts'

const QUERY_MAX = 400
/** Characters of a query that people see while it runs. */
const TARGET_MAX = 100

const Arguments = z.object({
  query: z.string().trim().min(1).max(QUERY_MAX).describe('What to search for, as one would type it into a search box'),
})

/** The tool with which an agent searches the web. */
export function createWebSearch(engine: SearchEngine): Tool<z.infer<typeof Arguments>> {
  return {
    name: 'web_search',
    description: `Searches the web with ${engine.name}. Use it for what is recent, local or not certainly known. Returns a numbered list of pages with title, address, age and an excerpt.`,
    arguments: Arguments,
    state: 'searching',
    target: ({ query }) => `“${line(query, TARGET_MAX)}”`,
    async run({ query }, { signal }) {
      const results = await engine.search(line(query, QUERY_MAX), signal)
      return { text: listed(results), urls: results.map(({ url }) => url) }
    },
  }
}

/**
 * The results as text, for model, people and the page alike. Each is a number and a title, the address with the age in
 * brackets where it is known, and the excerpt if there is one; a blank line separates two:
 *
 *     1. Bun — A fast all-in-one JavaScript runtime
 *        https://bun.sh/ (2 days ago)
 *        Bundle, install and run JavaScript and TypeScript.
 *
 * No field holds a line break and no address a space, so this reads it back:
 * `/^(\d+)\. (.+)\n {3}(\S+)(?: \((.+)\))?(?:\n {3}(.+))?$/gm`
 */
function listed(results: SearchResult[]): string {
  return results
    .map(({ title, url, snippet, age }, index) => {
      const lines = [`${index + 1}. ${title}`, `   ${url}${age ? ` (${age})` : ''}`]
      return [...lines, ...(snippet ? [`   ${snippet}`] : [])].join('\n')
    })
    .join('\n\n')
}
