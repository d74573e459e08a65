const PAUSE_MS = 400

export type ReadMarks = ReturnType<typeof createReadMarks>

/** Tells the server how far I have read, at once and then no oftener than every pause: only the latest mark matters. */
export function createReadMarks(tell: (room_id: string, message_id: string) => Promise<unknown>, pause_ms = PAUSE_MS) {
  const waiting = new Map<string, string>()
  let pause: ReturnType<typeof setTimeout> | undefined

  function flush() {
    for (const [room_id, message_id] of waiting) void tell(room_id, message_id).catch(() => {})
    waiting.clear()
  }

  function rest() {
    pause = setTimeout(() => {
      pause = undefined
      if (!waiting.size) return
      flush()
      rest()
    }, pause_ms)
  }

  return {
    put(room_id: string, message_id: string) {
      waiting.set(room_id, message_id)
      if (pause) return
      flush()
      rest()
    },
    /** What still waits, now: the page is about to go. */
    flush,
  }
}
