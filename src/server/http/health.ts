import { Elysia } from 'elysia'
import type { Deps } from '../app.ts'
import { Problem } from './problems.ts'

const tags = ['Health']

/** Whether the process lives, and whether it can do its work. */
export function healthRoutes({ db, bus }: Deps) {
  return new Elysia()
    .get('/healthz', () => ({ status: 'alive' }), { detail: { summary: 'The process lives', tags } })
    .get(
      '/readyz',
      async () => {
        try {
          await Promise.all([db.ping(), bus.ping()])
        } catch {
          throw new Problem(503, 'not_ready', 'The database or the bus does not answer.', { retryAfter: 5 })
        }
        return { status: 'ready' }
      },
      { detail: { summary: 'Database and bus answer', tags } },
    )
}
