import type { Message } from '../../shared/messages.ts'
import type { Api } from '../api.ts'
import { Refusal } from '../api.ts'
import type { MessageList } from './message-list.ts'

const WAITING = 'Waiting for the connection'

export type Outbox = ReturnType<typeof createOutbox>

export type OutboxOptions = {
  api: Pick<Api, 'post'>
  list: MessageList
  isOnline: () => boolean
  /** Takes the message as the server stored it. */
  deliver: (message: Message) => void
  changed: () => void
}

/**
 * Sends one after the other, in the order of writing. A message keeps its `client_id` through every attempt, so the
 * server stores it once. Without a network it waits; when the server refuses or does not answer it says why.
 */
export function createOutbox({ api, list, isOnline, deliver, changed }: OutboxOptions) {
  /** Failed for want of an answer, not of a yes: worth another try when the line is back. */
  const unanswered = new Set<string>()
  let sending: Promise<void> | null = null

  async function work() {
    for (let next = list.pending()[0]; next; next = list.pending()[0]) {
      const client_id = next.message.client_id ?? ''
      if (!isOnline()) return waitAll()
      try {
        const { room_id, content, attachments } = next.message
        const attachment_ids = attachments.map(({ id }) => id)
        const { message } = await api.post(room_id, {
          content,
          client_id,
          ...(attachments.length && { attachment_ids }),
        })
        deliver(message)
      } catch (error) {
        if (!isOnline()) return waitAll()
        if (!(error instanceof Refusal)) unanswered.add(client_id)
        // The stream may have brought the message although its answer got lost: then there is nothing left to fail.
        list.fail(client_id, error instanceof Error ? error.message : String(error))
      }
      changed()
    }
  }

  function waitAll() {
    for (const entry of list.pending()) list.wait(entry.message.client_id ?? '', WAITING)
    changed()
  }

  function flush() {
    sending ??= work().finally(() => {
      sending = null
    })
    return sending
  }

  return {
    send(message: Message) {
      list.send(message, isOnline() ? null : WAITING)
      changed()
      return flush()
    },
    retry(client_id: string) {
      unanswered.delete(client_id)
      list.wait(client_id, null)
      changed()
      return flush()
    },
    discard(client_id: string) {
      unanswered.delete(client_id)
      list.discard(client_id)
      changed()
    },
    /** The connection is back. */
    resume() {
      for (const client_id of unanswered) list.wait(client_id, null)
      unanswered.clear()
      if (list.pending().length) changed()
      return flush()
    },
  }
}
