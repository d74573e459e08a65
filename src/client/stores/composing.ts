import type { StreamEvent } from '../../shared/events.ts'
import type { Message } from '../../shared/messages.ts'
import { createObservable } from './observable.ts'

export type Composing = ReturnType<typeof createComposing>

/** What the next words are about: a reply to a message, the new text of one of mine, or neither. Never both. */
export function createComposing() {
  const { subscribe, changed } = createObservable()
  let reply_to: Message | null = null
  let editing: string | null = null

  function become(next_reply: Message | null, next_edit: string | null) {
    if (reply_to === next_reply && editing === next_edit) return
    reply_to = next_reply
    editing = next_edit
    composing.draft = null
    changed()
  }

  const composing = {
    subscribe,
    /** Of an edit: what the message said when it began, and what it shall say, as far as that is written. */
    draft: null as { base: string; text: string } | null,
    /** The message that the composer answers. */
    get reply_to() {
      return reply_to
    },
    /** The id of the message that is being edited in its row. */
    get editing() {
      return editing
    },
    reply: (message: Message) => become(message, null),
    edit: (message_id: string) => become(null, message_id),
    cancel: () => become(null, null),
    /** Nobody answers what is gone; whoever was giving it another text keeps the form, and with it their words. */
    apply(event: StreamEvent) {
      const { type, data } = event
      if (type === 'message.updated' && data.message.id === reply_to?.id) become(data.message, null)
      if (type === 'message.deleted' && data.message_id === reply_to?.id) become(null, null)
      if (type === 'room.cleared') become(null, null)
    },
  }
  return composing
}
