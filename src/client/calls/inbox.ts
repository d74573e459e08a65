import type { Inbox } from '../../shared/inbox.ts'
import type { Caller } from '../api.ts'

export const inboxCalls = ({ call }: Caller) => ({
  /** The newest ones; with `before`, those that came before that message. */
  inbox: (before?: string) => call<Inbox>('GET', `/api/inbox${before ? `?${new URLSearchParams({ before })}` : ''}`),
})
