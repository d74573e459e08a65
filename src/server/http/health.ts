import { Elysia } from 'elysia'
import { z } from 'zod'
import type { Deps } from '../app.ts'
import { document } from './document.ts'
import { Problem } from './problems.ts'

const TAG = 'Health'
const Status = z.object({ status: z.string() })

/** Whether the process lives, and whether it can do its work. */
export function healthRoutes({ db, bus }: Deps) {
  return new Elysia()
    .get('/healthz', () => ({ status: 'alive' }), { detail: document(TAG, 'The process lives', { 200: Status }) })
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
      { detail: document(TAG, 'Database and bus answer', { 200: Status }) },
    )
}
