import type { Socket } from 'bun'
import { createParser } from 'eventsource-parser'
import type { Message } from '../../src/shared/messages.ts'
import type { Person } from '../support/person.ts'

const REFUSED_AGAIN_MS = 200

/**
 * A stream over a socket of its own, because `fetch` opens 256 connections at most. Comes back as a browser does: from the
 * last id, after as long as the server asked for.
 */
export function startSocketReader(person: Person, path: string, cursor: string) {
  const { hostname, port } = new URL(person.url)
  const seqs: number[] = []
  let resets = 0
  let last = cursor
  let open = false
  let stopping = false
  let retry_ms = REFUSED_AGAIN_MS
  let socket: Socket<undefined> | null = null

  const parser = () =>
    createParser({
      onEvent({ event, id, data }) {
        open = true
        if (id) last = id
        if (event === 'reset') resets++
        if (event === 'bye') retry_ms = (JSON.parse(data) as { retry_ms: number }).retry_ms
        if (event === 'message.created') seqs.push((JSON.parse(data) as { message: Message }).message.seq)
      },
    })

  function readOnce(): Promise<void> {
    return new Promise(resolve => {
      const { feed } = parser()
      const body = chunks(text => feed(text))
      const ended = () => {
        open = false
        resolve()
      }
      Bun.connect({
        hostname,
        port: Number(port),
        socket: { data: (_, bytes) => body(bytes), close: ended, error: ended },
      }).then(connected => {
        socket = connected
        connected.write(
          `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${person.token}\r\nLast-Event-ID: ${last}\r\n\r\n`,
        )
      }, ended)
    })
  }

  const finished = (async () => {
    while (!stopping) {
      await readOnce()
      await Bun.sleep(retry_ms)
      retry_ms = REFUSED_AGAIN_MS
    }
  })()

  return {
    seqs,
    get resets() {
      return resets
    },
    get open() {
      return open
    },
    stop() {
      stopping = true
      socket?.terminate()
      void finished
    },
  }
}

/** Takes the head and the lengths of the chunks out of an answer. */
function chunks(take: (text: string) => void) {
  const decoder = new TextDecoder()
  let rest = Buffer.alloc(0)
  let in_body = false
  return (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes])
    if (!in_body) {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) return
      rest = rest.subarray(end + 4)
      in_body = true
    }
    for (;;) {
      const line = rest.indexOf('\r\n')
      if (line < 0) return
      const length = Number.parseInt(rest.subarray(0, line).toString('latin1'), 16)
      if (rest.length < line + 2 + length + 2) return
      take(decoder.decode(rest.subarray(line + 2, line + 2 + length), { stream: true }))
      rest = rest.subarray(line + 2 + length + 2)
    }
  }
}
