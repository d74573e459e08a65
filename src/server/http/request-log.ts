import { Elysia } from 'elysia'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

type Begun = { id: string; at: number }
const begun = new WeakMap<Request, Begun>()

/** The name under which the log speaks of a request; the answer carries it too, for whoever reports a problem. */
export function requestId(request: Request): string | undefined {
  return begun.get(request)?.id
}

/** Counts and times every request by its route as it is declared: an address may hold the token of an invite. */
export function requestLog(logger: Logger, metrics: Metrics) {
  return new Elysia({ name: 'request-log' })
    .onRequest(({ request, set }) => {
      const id = crypto.randomUUID().slice(0, 13)
      begun.set(request, { id, at: performance.now() })
      set.headers['x-request-id'] = id
    })
    .onAfterResponse({ as: 'global' }, ({ request, route, set, responseValue }) => {
      const { id, at } = begun.get(request) ?? { id: '', at: performance.now() }
      const status = responseValue instanceof Response ? responseValue.status : Number(set.status ?? 200)
      const seconds = (performance.now() - at) / 1000
      const where = route || 'none'
      metrics.request(request.method, where, status, seconds)
      logger.debug('request', {
        request_id: id,
        method: request.method,
        route: where,
        status,
        ms: Math.round(seconds * 1000),
      })
    })
}
