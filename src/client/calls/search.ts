import type { SearchResults } from '../../shared/search.ts'
import type { User } from '../../shared/users.ts'
import type { Caller } from '../api.ts'

export const searchCalls = ({ call }: Caller) => ({
  search: (query: string, limit: number) =>
    call<SearchResults>('GET', `/api/search?${new URLSearchParams({ q: query, limit: String(limit) })}`),
  /** Who shares a room with me, and the agents. */
  people: () => call<{ people: User[] }>('GET', '/api/people'),
})
