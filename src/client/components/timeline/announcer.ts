import type { Message } from '../../../shared/messages.ts'
import { plainText } from '../../text/plain.ts'

const LONGEST = 1_000

/**
 * What a screen reader is told, one sentence per event: that an answer began, and the finished text; never its pieces.
 * What I wrote myself I know, and what was there when I came I read in the log.
 */
export function createAnnouncer(my_id: string) {
  const told = new Map<string, Message['status']>()
  let primed = false

  return (messages: readonly Message[]): string[] => {
    const said: string[] = []
    for (const message of messages) {
      if (!message.id || told.get(message.id) === message.status) continue
      const before = told.get(message.id)
      told.set(message.id, message.status)
      if (!primed || message.sender_id === my_id || message.deleted_at) continue
      // Older pages that are loaded later are no news either.
      if (before === undefined && message.seq < (messages.at(-1)?.seq ?? 0) - 5) continue
      if (message.status === 'streaming') said.push(`${message.sender_name} is answering`)
      else said.push(`${message.sender_name}: ${wordsOf(message)}`)
    }
    primed = primed || messages.length > 0
    return said
  }
}

function wordsOf(message: Message): string {
  return plainText(message.content, LONGEST) || message.ai?.error || ''
}
