import type { Message } from '../../../shared/messages.ts'
import type { Activity } from '../../stores/live-replies.ts'
import { plainText } from '../../text/plain.ts'

const LONGEST = 1_000

/**
 * What a screen reader is told, one sentence per event: that an answer began, and the finished text; never its pieces.
 * What I wrote myself I know, and what was there when I came I read in the log.
 */
export function createAnnouncer(my_id: string) {
  let told = new Map<string, Message['status']>()
  const doings = new Map<string, Activity['state']>()
  /** Whether the end of the room was there when we last looked, so that what is new there is news. */
  let primed = false

  /** Looking things up takes a while: said once for each time it begins. */
  function doing({ id, sender_name }: Message, activityOf: (id: string) => Activity | null): string[] {
    const state = activityOf(id)?.state ?? 'thinking'
    if (doings.get(id) === state) return []
    doings.set(id, state)
    return state === 'searching' || state === 'reading' ? [`${sender_name} is ${state}…`] : []
  }

  return (
    messages: readonly Message[],
    activityOf: (id: string) => Activity | null = () => null,
    is_end_here = true,
  ): string[] => {
    const said: string[] = []
    const is_news = primed && is_end_here
    for (const message of messages) {
      if (message.status === 'streaming' && told.get(message.id) === 'streaming')
        said.push(...doing(message, activityOf))
      if (!message.id || told.get(message.id) === message.status) continue
      doings.delete(message.id)
      const before = told.get(message.id)
      told.set(message.id, message.status)
      if (message.sender_id === my_id || message.deleted_at) continue
      // Pages that are loaded later are no news either.
      if (before === undefined && (!is_news || message.seq < (messages.at(-1)?.seq ?? 0) - 5)) continue
      if (message.status === 'streaming') said.push(`${message.sender_name} is answering`)
      else said.push(`${message.sender_name}: ${wordsOf(message)}`)
    }
    primed = is_end_here && (primed || messages.length > 0)
    if (told.size > 2 * messages.length) told = new Map(messages.map(({ id, status }) => [id, status]))
    return said
  }
}

function wordsOf(message: Message): string {
  return plainText(message.content, LONGEST) || message.ai?.error || ''
}
