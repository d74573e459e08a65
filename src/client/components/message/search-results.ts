export type SearchResult = { title: string; url: string; host: string; age: string | null; snippet: string | null }

/** The shape that `src/server/agents/tools/search/web-search.ts` writes down. */
const RESULT = /^\d+\. (.+)\n {3}(https?:\/\/\S+)(?: \((.+)\))?(?:\n {3}(.+))?$/gm
/** Of a list that was cut the last entry may be half an address. */
const CUT = /(?:…|\[cut\]|\.\.\.)\s*$/

/** What a search found, for people; null where the text is anything else. */
export function searchResults(text: string): SearchResult[] | null {
  const results: SearchResult[] = []
  for (const [, title = '', url = '', age = null, snippet = null] of text.matchAll(RESULT)) {
    const address = URL.parse(url)
    if (address) results.push({ title, url, host: address.host.replace(/^www\./, ''), age, snippet })
  }
  if (CUT.test(text) && !results.at(-1)?.snippet) results.pop()
  return results.length ? results : null
}
