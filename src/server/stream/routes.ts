import { Elysia } from 'elysia'
import { z } from 'zod'
import type { Viewer } from '../accounts/sessions.ts'
import type { Deps } from '../app.ts'
import { readPosition } from '../events/position.ts'
import { document, documentStream } from '../http/document.ts'
import { signedIn } from '../http/session.ts'
import { roomOf } from '../rooms/access.ts'
import type { Connection, DirectController, Subscription } from './connection.ts'
import type { Start } from './hub.ts'
import { poll } from './poll.ts'

const TAG = 'Stream'

/** Exactly `utf-8` (Firefox refuses `utf8`), and nothing on the way may cache, compress or hold it back. */
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'private, no-cache, no-store, no-transform, must-revalidate, max-age=0',
  pragma: 'no-cache',
  'x-accel-buffering': 'no',
}

const WATCHED_MAX = 50
const Watch = z.object({ watch: z.array(z.string()).max(WATCHED_MAX).optional(), after: z.string().optional() })

const PollQuery = z.object({
  after: z.string().optional(),
  watch: z.string().optional(),
  wait: z.coerce.number('must be a number').min(0, 'must be at least 0').max(60, 'must be at most 60').default(25),
})
const PollAnswer = z.object({
  cursor: z.string(),
  events: z.array(z.object({ id: z.string().nullable(), type: z.string(), data: z.unknown() })),
})

type Timed = { timeout(request: Request, seconds: number): void } | null

/** Everything that happens, pushed over Server-Sent Events. */
export function streamRoutes({ db, log, hub, sessions, secure }: Deps) {
  async function startAt(position: string | null | undefined): Promise<Start> {
    const head = await log.head()
    if (!position) return { cursor: head, reset: null }
    const cursor = readPosition(db.epoch, position)
    if (cursor === null || cursor > head) return { cursor: head, reset: 'unknown position' }
    if (cursor < (await log.tail()) - 1) return { cursor: head, reset: 'position too old' }
    return { cursor, reset: null }
  }

  function respond(request: Request, server: Timed, to: Subscription, start: Start): Response {
    // Bun would close a quiet connection after ten seconds.
    server?.timeout(request, 0)
    let connection: Connection | null = null
    const gone = () => connection?.end()
    request.signal.addEventListener('abort', gone, { once: true })
    const source = {
      type: 'direct' as const,
      pull(controller: DirectController) {
        connection = hub.open(to, controller, start)
      },
      cancel: gone,
    }
    // The types know only the standard controller; a direct one has Bun's `write` and `flush`.
    return new Response(new ReadableStream(source as unknown as UnderlyingDefaultSource), { headers: HEADERS })
  }

  function everything({ user, session_id, expires_at }: Viewer, watched: string[]): Subscription {
    return { user_id: user.id, session_id, expires_at, only: null, watched: new Set(watched.slice(0, WATCHED_MAX)) }
  }

  return new Elysia({ prefix: '/api' })
    .use(signedIn(sessions, secure))
    .get(
      '/rooms/:room_id/events',
      async ({ viewer, params, query, request, server }) => {
        const { room } = await roomOf(db.read, db.tables, viewer.user.id, params.room_id)
        const { user, session_id, expires_at } = viewer
        const to = { user_id: user.id, session_id, expires_at, only: room.id, watched: new Set([room.id]) }
        return respond(request, server, to, await startAt(lastEventId(request) ?? query.after))
      },
      { detail: documentStream(TAG, 'The events of one room (Server-Sent Events)') },
    )
    .get(
      '/events',
      async ({ viewer, query, request, server }) => {
        const watched = (query.watch ?? '').split(',').filter(Boolean)
        return respond(request, server, everything(viewer, watched), await startAt(lastEventId(request) ?? query.after))
      },
      {
        detail: documentStream(
          TAG,
          'Everything that concerns me (Server-Sent Events); `watch` names rooms to see being typed in',
        ),
      },
    )
    .get(
      '/events/poll',
      async ({ viewer, query, request, server }) => {
        server?.timeout(request, 0)
        const to = everything(viewer, query.watch ? query.watch.split(',') : [])
        return poll(hub, to, await startAt(query.after), query.wait * 1000, request.signal)
      },
      {
        query: PollQuery,
        detail: document(TAG, 'The same as one answer: at once when there is something, else after `wait` seconds', {
          200: PollAnswer,
        }),
      },
    )
    .post(
      '/events',
      async ({ viewer, body, query, request, server }) => {
        const watched = body?.watch ?? (query.watch ?? '').split(',').filter(Boolean)
        const after = body?.after ?? query.after
        return respond(request, server, everything(viewer, watched), await startAt(lastEventId(request) ?? after))
      },
      { body: Watch.optional(), detail: documentStream(TAG, 'The same for proxies that hold back answers to GET') },
    )
}

function lastEventId(request: Request): string | null {
  return request.headers.get('last-event-id') || null
}
