import type { AiState, StreamEvent } from '../../shared/events.ts'
import type { Message } from '../../shared/messages.ts'
import { createReplyText, type ReplyText } from './reply-text.ts'

/** After a gap that could not be filled, do not ask again at once. */
const ASK_AGAIN_MS = 500

export type Activity = { state: AiState; detail: string | null }

export type LiveRepliesOptions = {
  /** What the server has of a message's text by now, null when it cannot say. */
  fetchText: (message_id: string) => Promise<string | null>
  changed: () => void
}

/** The replies being written just now: their text, and what the agent is doing. */
export function createLiveReplies({ fetchText, changed }: LiveRepliesOptions) {
  const texts = new Map<string, ReplyText>()
  const activities = new Map<string, Activity>()
  const finished = new Set<string>()
  const asking = new Set<string>()

  function textOf(id: string): ReplyText {
    const known = texts.get(id)
    if (known) return known
    const text = createReplyText()
    texts.set(id, text)
    return text
  }

  async function fillGap(id: string) {
    if (asking.has(id)) return
    asking.add(id)
    const text = await fetchText(id)
    if (text !== null) texts.get(id)?.replace(text)
    setTimeout(() => asking.delete(id), ASK_AGAIN_MS)
  }

  return {
    text: (id: string): ReplyText | null => texts.get(id) ?? null,
    activity: (id: string): Activity | null => activities.get(id) ?? null,

    /** Begins or ends a reply as its message says. */
    notice(message: Message) {
      if (message.status === 'streaming') {
        if (!finished.has(message.id)) textOf(message.id).replace(message.content)
        return
      }
      if (!message.ai) return
      finished.add(message.id)
      texts.delete(message.id)
      activities.delete(message.id)
    },

    apply(event: StreamEvent) {
      if (event.type === 'ai.status') {
        const { message_id, state, detail } = event.data
        if (finished.has(message_id)) return
        activities.set(message_id, { state, detail })
        changed()
      } else if (event.type === 'message.delta') {
        const { message_id, at, text } = event.data
        if (finished.has(message_id)) return
        if (!textOf(message_id).add(at, text)) void fillGap(message_id)
      } else if (event.type === 'message.snapshot') {
        if (!finished.has(event.data.message_id)) textOf(event.data.message_id).replace(event.data.text)
      }
    },
  }
}
