import { createParser } from 'eventsource-parser'
import type { StreamEvent } from '../../src/shared/events.ts'

const PATIENCE_MS = 5_000

export type StreamReader = Awaited<ReturnType<typeof openStream>>
type Of<T extends StreamEvent['type']> = Extract<StreamEvent, { type: T }>

/** Reads a stream as a client would and lets a test wait for what it expects. */
export async function openStream(url: string, init: RequestInit = {}) {
  const abort = new AbortController()
  const response = await fetch(url, { ...init, signal: abort.signal })
  if (response.status !== 200) throw new Error(`the stream answered ${response.status}: ${await response.text()}`)
  const events: StreamEvent[] = []
  const waiting = new Set<() => void>()
  let ended = false

  const parser = createParser({
    onEvent({ event, id, data }) {
      events.push({ type: event, id: id ?? null, data: JSON.parse(data) } as StreamEvent)
      for (const look of [...waiting]) look()
    },
  })
  const finished = (async () => {
    const decoder = new TextDecoder()
    try {
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }))
    } catch (error) {
      if (!abort.signal.aborted && (error as Error).name !== 'TypeError') ended = true
    }
    ended = true
    for (const look of [...waiting]) look()
  })()

  /** Resolves with the result of `find` as soon as it has one. */
  function until<T>(what: string, find: () => T | null | undefined | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look)
        reject(new Error(`waited in vain for ${what}; came: ${events.map(event => event.type).join(' ')}`))
      }, PATIENCE_MS)
      function look() {
        const found = find()
        if (!found) return
        clearTimeout(timer)
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  }

  return {
    headers: response.headers,
    /** All that came, in order. */
    events: events as readonly StreamEvent[],
    until,
    /** The first event of this type that fits, whether it came already or comes yet. */
    sees<T extends StreamEvent['type']>(type: T, fits: (event: Of<T>) => boolean = () => true): Promise<Of<T>> {
      return until(type, () => (events as Of<T>[]).find(event => event.type === type && fits(event)))
    },
    all<T extends StreamEvent['type']>(type: T): Of<T>[] {
      return (events as Of<T>[]).filter(event => event.type === type)
    },
    /** The cursor of the last lasting event. */
    get cursor() {
      return events.findLast(event => event.id !== null)?.id ?? (events[0] as Of<'hello'>).data.cursor
    },
    /** Resolves when the server has ended it. */
    async ends() {
      await until('the end of the stream', () => ended)
    },
    close() {
      abort.abort()
      void finished
    },
  }
}
