import type { Bus } from '../events/bus.ts'

/** Pieces are gathered for about two frames of a screen: a write a token would cost every reader a packet each. */
const GATHER_MS = 33
/** How often the text is kept on disk while it grows. */
const CHECKPOINT_MS = 250

export type ReplyText = ReturnType<typeof createReplyText>

/** The growing text of one reply: told to the room piece by piece, and kept now and then in case of a crash. */
export function createReplyText(bus: Bus, room_id: string, message_id: string, keep: (text: string) => Promise<void>) {
  let text = ''
  let told = 0
  let kept = 0
  let gathering: ReturnType<typeof setTimeout> | null = null
  let keeping = Promise.resolve()
  const keeper = setInterval(() => {
    if (kept === text.length) return
    kept = text.length
    keeping = keeping.then(() => keep(text))
    // A failed checkpoint costs nothing unless the process dies too; the end of the reply writes the whole text.
    keeping = keeping.catch(() => undefined)
  }, CHECKPOINT_MS)

  function tell() {
    gathering = null
    if (told === text.length) return
    const data = { room_id, message_id, at: told, text: text.slice(told) }
    told = text.length
    bus.publish({ kind: 'passing', event: { type: 'message.delta', room_id, data } })
  }

  return {
    get text() {
      return text
    },
    /** The first piece goes out at once. */
    append(piece: string) {
      text += piece
      if (told === 0) tell()
      else gathering ??= setTimeout(tell, GATHER_MS)
    },
    /** Tells what is left and resolves when nothing of this reply is being written any more. */
    async end() {
      clearInterval(keeper)
      if (gathering) clearTimeout(gathering)
      tell()
      await keeping
    },
  }
}
