import type { Message } from '../../../shared/messages.ts'
import { plainText } from '../../text/plain.ts'

const LONGEST = 120

/** One line of a message that is replied to: null where it is gone, undefined where it is not known yet. */
export function quoteWords(message: Message | null | undefined): string {
  if (message === undefined) return '…'
  if (message === null) return 'A message that is gone'
  if (message.deleted_at) return 'This message was deleted.'
  const words = plainText(message.content, LONGEST)
  if (words) return words
  if (message.attachments.length) return message.attachments.length > 1 ? 'Pictures' : 'Picture'
  return message.status === 'streaming' ? '…' : 'A message without words'
}
