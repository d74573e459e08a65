import { createParser } from 'eventsource-parser'
import type { Subscription } from './connection.ts'
import type { Hub, Start } from './hub.ts'

/** What comes together is answered together: lasting events soon, passing ones (a growing reply) less often. */
const GATHER_LASTING_MS = 30
const GATHER_PASSING_MS = 250

export type Polled = { cursor: string; events: { id: string | null; type: string; data: unknown }[] }

/**
 * A stream for those behind proxies that hold back every stream: opened, read until something comes or `waitMs` is over,
 * and closed, as one JSON answer. It is the same stream in all else: catching up, audience, snapshots, its end.
 */
export function poll(hub: Hub, to: Subscription, start: Start, waitMs: number, signal: AbortSignal): Promise<Polled> {
  return new Promise(resolve => {
    const answer: Polled = { cursor: '', events: [] }
    const decoder = new TextDecoder()
    let timer = setTimeout(finish, waitMs)
    let gathering = Number.POSITIVE_INFINITY

    const parser = createParser({
      onEvent({ event: type = 'message', id, data }) {
        if (type === 'hello') answer.cursor = JSON.parse(data).cursor
        else if (type !== 'ping') answer.events.push({ id: id ?? null, type, data: JSON.parse(data) })
        if (id) answer.cursor = id
        if (type !== 'hello' && type !== 'ping') gather(id ? GATHER_LASTING_MS : GATHER_PASSING_MS)
      },
    })

    function gather(ms: number) {
      if (ms >= gathering) return
      gathering = ms
      clearTimeout(timer)
      timer = setTimeout(finish, Math.min(ms, waitMs))
    }

    function finish() {
      clearTimeout(timer)
      connection?.end()
      resolve(answer)
    }

    const connection = hub.open(
      to,
      {
        write(bytes) {
          parser.feed(decoder.decode(bytes, { stream: true }))
          return bytes.length
        },
        flush() {},
        close: finish,
      },
      start,
    )
    signal.addEventListener('abort', finish, { once: true })
  })
}
