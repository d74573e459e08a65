import { Elysia } from 'elysia'
import { TabPresence } from '../../shared/presence.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { signedIn } from '../http/session.ts'

/** What tabs say of themselves. That somebody is there at all is known from their streams. */
export function presenceRoutes({ presence, sessions, secure }: Deps) {
  return new Elysia({ prefix: '/api' }).use(signedIn(sessions, secure)).put(
    '/presence',
    ({ viewer, body, set }) => {
      presence.say(viewer.user.id, body)
      set.status = 204
    },
    {
      body: TabPresence,
      detail: document(
        'Stream',
        'This tab is in sight, out of sight or gone; say `online` at least every two minutes, and anew on each new stream',
        { 204: null },
      ),
    },
  )
}
