import { Elysia } from 'elysia'
import { Inbox, InboxQuery } from '../../shared/inbox.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { signedIn } from '../http/session.ts'
import { readInbox } from './inbox.ts'

export function inboxRoutes({ db, sessions, secure }: Deps) {
  return new Elysia({ prefix: '/api' })
    .use(signedIn(sessions, secure))
    .get('/inbox', ({ viewer, query }) => readInbox(db, viewer.user.id, query), {
      query: InboxQuery,
      detail: document('Messages', 'What mentions me or replies to me in my rooms, newest first', { 200: Inbox }),
    })
}
