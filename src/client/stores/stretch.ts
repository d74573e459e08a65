import type { Message } from '../../shared/messages.ts'
import type { MessageList } from './message-list.ts'

/** Rows at a time, with what is on its way; what is far away is loaded again when somebody scrolls there. */
const KEEP = 250
/** Even with many on their way, so much of the conversation is there. */
const KEEP_LEAST = 100

export type Sides = { before: boolean; after: boolean }
export type Stretch = ReturnType<typeof createStretch>

/** How far the loaded part of a room goes, and what it lets go of when it gets long: whatever is farthest from the reader. */
export function createStretch(list: MessageList, letGo: (gone: Message[]) => void) {
  let more: Sides = { before: false, after: false }
  let reading = Number.MAX_SAFE_INTEGER

  return {
    get more(): Sides {
      return more
    },
    /** What there is beyond it. */
    end(sides: Partial<Sides>) {
      more = { ...more, ...sides }
    },
    /** The `seq` of the topmost message in view. */
    read(seq: number) {
      reading = seq
    },
    /** Whether this place of the room is in it. */
    covers(seq: number): boolean {
      const first = list.first()?.seq ?? Number.MAX_SAFE_INTEGER
      const last = list.last()?.seq ?? 0
      return (!more.before || first <= seq) && (!more.after || last >= seq)
    },
    trim() {
      const most = Math.max(KEEP_LEAST, KEEP - list.outgoing_size)
      const over = list.size - most
      if (over <= 0) return
      const front = Math.min(over, Math.max(0, list.countBefore(reading) - Math.floor(most / 2)))
      const back = over - front
      more = { before: more.before || front > 0, after: more.after || back > 0 }
      letGo(list.drop(front, back))
    },
  }
}
