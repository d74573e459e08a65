const PAUSE_MS = 400

export type ReadMarks = ReturnType<typeof createReadMarks>

/** Tells the server how far I have read, after the frame and then no oftener than every pause: only the latest mark matters. */
export function createReadMarks(tell: (room_id: string, message_id: string) => Promise<unknown>, pause_ms = PAUSE_MS) {
  const waiting = new Map<string, string>()
  const on_the_way = new Map<string, number>()
  let pause: ReturnType<typeof setTimeout> | undefined

  function flush() {
    for (const [room_id, message_id] of waiting) void send(room_id, message_id)
    waiting.clear()
  }

  async function send(room_id: string, message_id: string) {
    const count = (by: number) => on_the_way.set(room_id, (on_the_way.get(room_id) ?? 0) + by)
    count(1)
    await tell(room_id, message_id).catch(() => {})
    count(-1)
  }

  function rest(ms: number) {
    pause = setTimeout(() => {
      pause = undefined
      if (!waiting.size) return
      flush()
      rest(pause_ms)
    }, ms)
  }

  return {
    put(room_id: string, message_id: string) {
      waiting.set(room_id, message_id)
      if (!pause) rest(0)
    },
    /** What has not been said yet is not to be said any more. */
    forget: (room_id: string) => waiting.delete(room_id),
    /** Whether the server may not know yet how far I am in this room. */
    isTelling: (room_id: string) => waiting.has(room_id) || Boolean(on_the_way.get(room_id)),
    /** What still waits, now: the page is about to go. */
    flush,
  }
}
