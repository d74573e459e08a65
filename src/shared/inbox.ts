import { z } from 'zod'
import { Message } from './messages.ts'
import { Room } from './rooms.ts'
import { Id } from './text.ts'

const INBOX_DEFAULT = 30
const INBOX_MAX = 100

export const InboxQuery = z.object({
  /** A message of the page before. */
  before: Id.optional(),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(INBOX_MAX, `must be at most ${INBOX_MAX}`)
    .default(INBOX_DEFAULT),
})
export type InboxQuery = z.infer<typeof InboxQuery>

/** A message that is meant for the viewer by name. */
export const InboxItem = z.object({
  message: Message,
  room: Room,
  reason: z.enum(['mention', 'reply']),
  is_unread: z.boolean(),
})
export type InboxItem = z.infer<typeof InboxItem>

/** Newest first. */
export const Inbox = z.object({ items: z.array(InboxItem), has_more: z.boolean() })
export type Inbox = z.infer<typeof Inbox>
