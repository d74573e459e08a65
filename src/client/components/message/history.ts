import type { EarlierText, Message } from '../../../shared/messages.ts'

export type Version = { content: string; from: string; is_current: boolean }

/** What a message has said, the latest first, and since when. */
export function versionsOf(message: Message, edits: readonly EarlierText[]): Version[] {
  const texts = [...edits.map(edit => edit.content), message.content]
  const since = [message.timestamp, ...edits.map(edit => edit.replaced_at)]
  return texts
    .map((content, at) => ({
      content,
      from: since[at] ?? message.timestamp,
      is_current: at === texts.length - 1,
    }))
    .reverse()
}
