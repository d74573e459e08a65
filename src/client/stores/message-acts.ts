import type { EarlierText, Message } from '../../shared/messages.ts'
import type { Api } from '../api.ts'
import { messageCalls } from '../calls/messages.ts'
import { traceOf } from './message-changes.ts'
import { withReaction } from './reactions.ts'
import type { Rooms } from './rooms.ts'
import type { Timeline } from './timeline.ts'

export type MessageActs = ReturnType<typeof createMessageActs>

export type MessageActsOptions = {
  api: Pick<Api, 'call' | 'messages'>
  rooms: Pick<Rooms, 'markUnread'>
  timeline: Pick<Timeline, 'room_id' | 'entries' | 'more' | 'find' | 'take' | 'tell'>
  /** Puts the "New" line behind the message of this `seq`. */
  line: (after_seq: number) => void
  me: string
}

/** What can be done with a message of one room. What goes wrong is thrown; with reactions the row says it. */
export function createMessageActs({ api, rooms, timeline, line, me }: MessageActsOptions) {
  const calls = messageCalls(api)
  /** Of each message, how many of my clicks the server has not answered yet, and the last of them. */
  const clicks = new Map<string, { count: number; last: Promise<unknown> }>()

  /** One after the other, so that the last click counts, and only the last answer is shown. */
  async function inTurn(id: string, call: () => Promise<{ message: Message }>) {
    const queue = clicks.get(id) ?? { count: 0, last: Promise.resolve() }
    clicks.set(id, queue)
    queue.count += 1
    const answer = queue.last.then(call, call)
    queue.last = answer
    try {
      const { message } = await answer
      if (queue.count === 1) timeline.take(message)
    } finally {
      queue.count -= 1
      if (!queue.count) clicks.delete(id)
    }
  }

  return {
    async edit(id: string, content: string): Promise<void> {
      timeline.take((await calls.edit(id, content)).message)
    },
    async remove(id: string): Promise<void> {
      await calls.remove(id)
      const message = timeline.find(id)
      if (message && !message.deleted_at) timeline.take(traceOf(message))
    },
    pins: () => calls.pins(timeline.room_id),
    async edits(id: string): Promise<EarlierText[]> {
      return (await calls.edits(id)).edits
    },

    /** Puts my reaction to a message, or takes it back: at once here, and back again if the server will not have it. */
    async react(id: string, emoji: string): Promise<void> {
      const message = timeline.find(id)
      if (!message) return
      const is_mine = message.reactions.some(each => each.emoji === emoji && each.user_ids.includes(me))
      timeline.tell(id, null)
      timeline.take(withReaction(message, emoji, me, !is_mine))
      try {
        await inTurn(id, () => calls.react(id, emoji, !is_mine))
      } catch (error) {
        const now = timeline.find(id)
        if (now) timeline.take(withReaction(now, emoji, me, is_mine))
        timeline.tell(id, said(error))
      }
    },
    async pin(id: string, wanted: boolean): Promise<void> {
      timeline.take((await calls.pin(id, wanted)).message)
    },
    /** This message and what follows is new again. */
    async unread(id: string): Promise<void> {
      const last_read = await before(id)
      await rooms.markUnread(timeline.room_id, last_read)
      line(last_read?.seq ?? 0)
    },
  }

  /** The message that precedes another one, loaded or not; null before the first of the room. */
  async function before(id: string): Promise<Message | null> {
    const messages = timeline.entries().map(entry => entry.message)
    const at = messages.findIndex(message => message.id === id)
    if (at > 0 || !timeline.more.before) return messages[at - 1] ?? null
    return (await api.messages(timeline.room_id, { before: id, limit: 1 })).messages[0] ?? null
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
