import { Elysia } from 'elysia'
import { SearchQuery, SearchResults } from '../../shared/search.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { signedIn } from '../http/session.ts'
import { openFinder } from './open.ts'
import { search } from './search.ts'

export function searchRoutes({ db, indexer, sessions, secure }: Deps) {
  const finder = openFinder(db.tables)

  return new Elysia({ prefix: '/api' }).use(signedIn(sessions, secure)).get(
    '/search',
    async ({ viewer, query }) => {
      await indexer.catchUp()
      return search(db, finder, viewer.user.id, query)
    },
    {
      // Elysia takes a comma for the end of a list's item, and what stands in brackets for JSON.
      transform({ request, query }) {
        const typed = new URL(request.url).searchParams.get('q')
        if (typed !== null) query.q = typed
      },
      query: SearchQuery,
      detail: document('Search', 'Messages of your rooms that contain all of the words, newest first', {
        200: SearchResults,
      }),
    },
  )
}
