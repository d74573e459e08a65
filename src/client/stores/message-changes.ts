import type { Message } from '../../shared/messages.ts'

/** What is left of a message that was deleted: that there was one. */
export function traceOf(message: Message): Message {
  return {
    ...message,
    content: '',
    mentions: [],
    attachments: [],
    reactions: [],
    pinned_at: null,
    pinned_by: null,
    ai: null,
    deleted_at: new Date().toISOString(),
  }
}
