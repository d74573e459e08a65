import type { Socket } from 'bun'
import { until } from './until.ts'

/** Bun's listen backlog is 512 and not ours to choose: whoever connects more at once waits for a second SYN. */
const WAVE = 100
const OPEN_WITHIN_MS = 10_000
const SEQ = Buffer.from('"seq":')
const COMMA = 44
const ZERO = 48
/** The marker, a number and its comma: what the end of a packet may cut through. */
const CUT_MAX = SEQ.length + 12
const FRAME_END = Buffer.from('\n\n\r\n')

type Listener = { opened: boolean; rest: Buffer | null; last: number; disorders: number; arrivals: Float64Array }

export type Listeners = Awaited<ReturnType<typeof openListeners>>

/**
 * Many streams over raw sockets. A frame is not parsed, only its `"seq":` is looked for: that tells which message it is,
 * that none is missing, none doubled and none out of order, at a price that leaves the machine to the server.
 */
export async function openListeners(port: number, path: string, tokens: string[], count: number, messages: number) {
  const listeners: Listener[] = []
  const sockets: Socket<Listener>[] = []

  async function open(at: number) {
    const listener: Listener = {
      opened: false,
      rest: null,
      last: 0,
      disorders: 0,
      arrivals: new Float64Array(messages + 1),
    }
    listeners.push(listener)
    const socket = await Bun.connect<Listener>({
      hostname: '127.0.0.1',
      port,
      data: listener,
      socket: { data: (socket, chunk) => hear(socket.data, chunk) },
    })
    sockets.push(socket)
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${tokens[at % tokens.length]}\r\nAccept: text/event-stream\r\n\r\n`,
    )
  }

  for (let from = 0; from < count; from += WAVE) {
    await Promise.all(Array.from({ length: Math.min(WAVE, count - from) }, (_, at) => open(from + at)))
    await until(() => listeners.every(listener => listener.opened), OPEN_WITHIN_MS)
    if (!listeners.every(listener => listener.opened)) throw new Error('Some streams did not open')
  }

  return {
    /** For each listener the moment at which each message came, by `seq`; 0 where it did not come. */
    arrivals: () => listeners.map(listener => listener.arrivals),
    disorders: () => listeners.reduce((sum, listener) => sum + listener.disorders, 0),
    /** Resolves when everybody has heard `seq`, or when `patience_ms` are over. */
    allHeard: (seq: number, patience_ms: number) =>
      until(() => listeners.every(({ last }) => last >= seq), patience_ms),
    close() {
      for (const socket of sockets) socket.terminate()
    },
  }
}

function hear(listener: Listener, chunk: Buffer) {
  const now = performance.now()
  listener.opened = true
  const bytes = listener.rest ? Buffer.concat([listener.rest, chunk]) : chunk
  let done = 0
  for (let at = bytes.indexOf(SEQ); at >= 0; at = bytes.indexOf(SEQ, done)) {
    let seq = 0
    let digit = at + SEQ.length
    for (; digit < bytes.length && bytes[digit] !== COMMA; digit++) seq = seq * 10 + ((bytes[digit] ?? 0) - ZERO)
    if (digit >= bytes.length) break
    done = digit + 1
    if (seq !== listener.last + 1) listener.disorders++
    listener.last = seq
    listener.arrivals[seq] = now
  }
  const whole = bytes.subarray(-FRAME_END.length).equals(FRAME_END)
  listener.rest = whole ? null : Buffer.from(bytes.subarray(Math.max(done, bytes.length - CUT_MAX)))
}
