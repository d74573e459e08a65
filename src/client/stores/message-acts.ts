import type { EarlierText, Message } from '../../shared/messages.ts'
import type { Api } from '../api.ts'
import { messageCalls } from '../calls/messages.ts'
import { traceOf, withReaction } from './message-changes.ts'
import type { Timeline } from './timeline.ts'

export type MessageActs = ReturnType<typeof createMessageActs>

export type MessageActsOptions = {
  api: Pick<Api, 'call'>
  timeline: Pick<Timeline, 'find' | 'take' | 'tell'>
  me: string
}

/** What can be done with a message of one room. Editing and deleting throw what went wrong; the rest says it in the row. */
export function createMessageActs({ api, timeline, me }: MessageActsOptions) {
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
    async edits(id: string): Promise<EarlierText[]> {
      return (await calls.edits(id)).edits
    },

    /** Puts my reaction to a message, or takes it back: at once here, and back again if the server will not have it. */
    async react(id: string, emoji: string): Promise<void> {
      const message = timeline.find(id)
      if (!message) return
      const is_mine = message.reactions.some(each => each.emoji === emoji && each.user_ids.includes(me))
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
      try {
        timeline.take((await calls.pin(id, wanted)).message)
      } catch (error) {
        timeline.tell(id, said(error))
      }
    },
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
