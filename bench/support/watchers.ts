import type { Socket } from 'bun'
import type { StreamEvent } from '../../src/shared/events.ts'
import { until } from './until.ts'

/** Bun's listen backlog is 512 and not ours to choose: whoever connects more at once waits for a second SYN. */
const WAVE = 100
const OPEN_WITHIN_MS = 10_000
/** Everybody gets the very same bytes, so a frame is read once and then recognised. */
const REMEMBERED = 8
const FRAME_START = Buffer.from('event: ')
const FRAME_END = Buffer.from('\n\n')

/** What a frame means for an answer of which we know what it must be. */
type Reading =
  /** A part of its text, from one UTF-16 unit to another. */
  | { kind: 'text'; from: number; to: number; whole: boolean; right: boolean }
  | { kind: 'end'; right: boolean }
  | { kind: 'other' }

type Watcher = { opened: boolean; rest: Buffer | null; have: number; ended: boolean }

/** The answer as its provider writes it: pieces of one width, so that a place in the text tells the piece. */
export type Written = { text: string; width: number; sentAt(piece: number): number }

export type Watchers = Awaited<ReturnType<typeof openWatchers>>

/**
 * Many streams over raw sockets that watch an answer grow: each piece of its text has to come to each of them, in its
 * place, as the provider wrote it, and so has the finished message.
 */
export async function openWatchers(port: number, path: string, tokens: string[], count: number) {
  const watchers: Watcher[] = []
  const sockets: Socket<Watcher>[] = []
  const recent: { bytes: Buffer; reading: Reading }[] = []
  let written: Written = { text: '', width: 1, sentAt: () => 0 }
  let latencies = new Float64Array()
  let pieces = 0
  let wrong = 0
  let missed = 0
  let bytes = 0
  let ended = 0

  async function open(at: number) {
    const watcher: Watcher = { opened: false, rest: null, have: 0, ended: false }
    watchers.push(watcher)
    const socket = await Bun.connect<Watcher>({
      hostname: '127.0.0.1',
      port,
      data: watcher,
      socket: { data: (socket, chunk) => hear(socket.data, chunk) },
    })
    sockets.push(socket)
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${tokens[at % tokens.length]}\r\nAccept: text/event-stream\r\n\r\n`,
    )
  }

  function hear(watcher: Watcher, chunk: Buffer) {
    const now = performance.now()
    bytes += chunk.length
    watcher.opened = true
    const heard = watcher.rest ? Buffer.concat([watcher.rest, chunk]) : chunk
    let done = 0
    for (;;) {
      const start = heard.indexOf(FRAME_START, done)
      const end = start < 0 ? -1 : heard.indexOf(FRAME_END, start)
      if (end < 0) break
      take(watcher, recognise(heard.subarray(start, end)), now)
      done = end + FRAME_END.length
    }
    watcher.rest = heard.length - done > FRAME_START.length ? Buffer.from(heard.subarray(done)) : null
  }

  function recognise(frame: Buffer): Reading {
    for (const { bytes, reading } of recent) if (bytes.equals(frame)) return reading
    const reading = read(frame.toString(), written.text)
    recent.unshift({ bytes: Buffer.from(frame), reading })
    recent.length = Math.min(recent.length, REMEMBERED)
    return reading
  }

  function take(watcher: Watcher, reading: Reading, now: number) {
    if (reading.kind === 'end') {
      if (!reading.right || watcher.ended) wrong++
      else ended++
      watcher.ended = true
    } else if (reading.kind === 'text') {
      if (!reading.right || reading.from > watcher.have) wrong++
      if (reading.from !== watcher.have && !reading.whole) missed++
      const { width, sentAt } = written
      for (let piece = watcher.have / width; piece < reading.to / width; piece++)
        latencies[pieces++] = now - sentAt(piece)
      watcher.have = reading.to
    }
  }

  for (let from = 0; from < count; from += WAVE) {
    await Promise.all(Array.from({ length: Math.min(WAVE, count - from) }, (_, at) => open(from + at)))
    await until(() => watchers.every(watcher => watcher.opened), OPEN_WITHIN_MS)
    if (!watchers.every(watcher => watcher.opened)) throw new Error('Some streams did not open')
  }

  return {
    /** From now on this is the answer to watch, of so many pieces at most. */
    watch(answer: Written, most: number) {
      written = answer
      latencies = new Float64Array(count * most)
      pieces = wrong = missed = bytes = ended = 0
      for (const watcher of watchers) Object.assign(watcher, { have: 0, ended: false })
    },
    /** Resolves when everybody has the finished message, or when `patience_ms` are over. */
    allEnded: (patience_ms: number) => until(() => ended >= count, patience_ms),
    result: () => ({
      /** Milliseconds from the provider's chunk to each stream, for each piece. */
      latencies: latencies.subarray(0, pieces),
      bytes,
      /** Streams that have the finished message with the very text that was written. */
      ended,
      /** Texts that differ from what was written, or came before what precedes them, and messages that ended twice. */
      wrong,
      /** Pieces that did not follow what the stream had. */
      missed,
    }),
    close() {
      for (const socket of sockets) socket.terminate()
    },
  }
}

function read(frame: string, text: string): Reading {
  const [head = '', data = ''] = frame.split('\ndata: ')
  const event = { type: head.slice(FRAME_START.length), data: JSON.parse(data) } as StreamEvent
  if (event.type === 'message.delta') {
    const { at, text: piece } = event.data
    return { kind: 'text', from: at, to: at + piece.length, whole: false, right: text.startsWith(piece, at) }
  }
  if (event.type === 'message.snapshot') {
    const { text: all } = event.data
    return { kind: 'text', from: 0, to: all.length, whole: true, right: text.startsWith(all) }
  }
  if (event.type === 'message.updated' && event.data.message.status !== 'streaming') {
    const { status, content } = event.data.message
    return { kind: 'end', right: status === 'complete' && content === text }
  }
  return { kind: 'other' }
}
