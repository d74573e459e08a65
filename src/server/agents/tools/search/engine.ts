/** One page that a search has found: plain text of one line each, without markup or characters that nobody sees. */
export type SearchResult = {
  /** Never empty: a page without a title is named by its host. */
  title: string
  /** Absolute, http or https, without a password in it. */
  url: string
  /** What the page says about it, at most some 500 characters; may be empty. */
  snippet: string
  /** When the page was written, as the engine puts it: `2 days ago`, `2026-11-02`. */
  age: string | null
}

/** A search engine of the web: the one that the administrator has chosen. */
export interface SearchEngine {
  /** In words, as people read it: `Brave Search`. */
  readonly name: string
  /**
   * The best results first: at least one, at most eight, no address twice. Rejects with a `ToolFailure` in words, also
   * when nothing was found, or with `signal.reason` when aborted.
   */
  search(query: string, signal: AbortSignal): Promise<SearchResult[]>
}
