import type { Message } from '../../../shared/messages.ts'
import type { Entry } from '../../stores/message-list.ts'

/** What I said last, as far as it can be said otherwise: the server has it, and it was not taken back. */
export function lastOfMine(entries: readonly Entry[], me: string): Message | null {
  const last = entries.findLast(({ message }) => message.sender_id === me && !message.deleted_at)
  return last?.delivery === 'sent' ? last.message : null
}
