import { createParser } from 'eventsource-parser'
import type { ControlData, StreamEvent } from '../shared/events.ts'
import { refusalOf } from './api.ts'
import { createObservable } from './stores/observable.ts'

const PATH = '/api/events'

const PATIENCE = {
  /** How long a connection may take to say hello before another way is tried. */
  hello_ms: 5_000,
  /** Until the server's own figure is known. */
  heartbeat_ms: 15_000,
  /** Silence of so many heartbeats means that the line is dead although nobody hung up. */
  silent_beats: 2.2,
  first_retry_ms: 400,
  longest_retry_ms: 20_000,
}

export type StreamState = 'idle' | 'connecting' | 'open' | 'waiting'

export type StreamOptions = {
  send: typeof fetch
  onEvent: (event: StreamEvent) => void
  /** A connection without a past: whatever was loaded before this moment may lack something. */
  onFresh: () => void
  /** With the server's reason, fit to be shown. */
  onSignedOut: (why: string) => void
  random?: () => number
  patience?: Partial<typeof PATIENCE>
}

export type Stream = ReturnType<typeof createStream>

/**
 * Everything that concerns me over one stream, for as long as the tab lives. Lasting events arrive in order, and after
 * a break the stream continues behind the last one that was seen. A proxy that swallows GET streams gets a POST.
 */
export function createStream(options: StreamOptions) {
  const { subscribe, changed } = createObservable()
  const patience = { ...PATIENCE, ...options.patience }
  const random = options.random ?? Math.random

  let state: StreamState = 'idle'
  let cursor: string | null = null
  let watched: string[] = []
  let method: 'GET' | 'POST' = 'GET'
  let failures = 0
  let attempt: AbortController | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let heard_at = 0
  let heartbeat_ms = patience.heartbeat_ms
  let ahead_ms = 0

  const become = (next: StreamState) => {
    if (state === next) return
    state = next
    changed()
  }

  async function connect(quietly = false) {
    clearTimeout(retry)
    attempt?.abort()
    const mine = new AbortController()
    attempt = mine
    const line: Line = { greeted: false, mute: false, resumed: cursor !== null, retry_ms: null, alarm: undefined }
    if (!quietly) become('connecting')

    setAlarm(line, mine, patience.hello_ms)
    const outcome = await listen(mine, line).catch(() => 'broken' as const)
    clearTimeout(line.alarm)
    if (attempt !== mine) return
    attempt = null
    if (typeof outcome === 'object') {
      become('idle')
      return options.onSignedOut(outcome.why)
    }
    if (line.mute && !line.greeted) method = method === 'GET' ? 'POST' : 'GET'
    comeBack(line)
  }

  async function listen(mine: AbortController, line: Line): Promise<'ended' | { why: string }> {
    const answer = await options.send(...request(mine.signal))
    if (answer.status === 401) return { why: refusalOf(401, await answer.text()).message }
    if (!answer.ok || !answer.body) throw new Error(`stream answered ${answer.status}`)

    const parser = createParser({
      onEvent: frame => {
        const event = asEvent(frame)
        if (event && attempt === mine) receive(event, mine, line)
      },
    })
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    // An abort must end the read even where the body does not listen to the signal.
    mine.signal.addEventListener('abort', () => void reader.cancel().catch(() => {}), { once: true })
    for (;;) {
      const { done, value } = await reader.read()
      if (done || attempt !== mine) return 'ended'
      heard_at = Date.now()
      if (line.greeted) setAlarm(line, mine, heartbeat_ms * patience.silent_beats)
      parser.feed(value)
    }
  }

  function receive(event: StreamEvent, mine: AbortController, line: Line) {
    if (event.type === 'hello') return greet(event.data, mine, line)
    if (event.type === 'ping') return
    if (event.type === 'bye') {
      line.retry_ms = event.data.retry_ms
      return mine.abort()
    }
    if (event.type === 'reset') {
      cursor = null
      line.retry_ms = 0
      return mine.abort()
    }
    if (event.id) cursor = event.id
    options.onEvent(event)
  }

  function greet(hello: ControlData['hello'], mine: AbortController, line: Line) {
    line.greeted = true
    failures = 0
    ahead_ms = Date.parse(hello.server_time) - Date.now() || 0
    heartbeat_ms = hello.heartbeat_ms || patience.heartbeat_ms
    setAlarm(line, mine, heartbeat_ms * patience.silent_beats)
    become('open')
    if (line.resumed) return
    cursor = hello.cursor
    options.onFresh()
  }

  function comeBack(line: Line) {
    if (line.retry_ms === 0) return void connect(true)
    become('waiting')
    const ceiling = Math.min(patience.longest_retry_ms, patience.first_retry_ms * 2 ** failures)
    failures += 1
    retry = setTimeout(() => void connect(), line.retry_ms ?? random() * ceiling)
  }

  function request(signal: AbortSignal): [string, RequestInit] {
    const common: RequestInit = { signal, credentials: 'same-origin', cache: 'no-store' }
    if (method === 'POST') {
      const headers = { accept: 'text/event-stream', 'content-type': 'application/json' }
      return [
        PATH,
        { ...common, method, headers, body: JSON.stringify({ watch: watched, after: cursor ?? undefined }) },
      ]
    }
    const headers: Record<string, string> = { accept: 'text/event-stream' }
    if (cursor) headers['last-event-id'] = cursor
    const query = watched.length ? `?watch=${watched.map(encodeURIComponent).join(',')}` : ''
    return [PATH + query, { ...common, headers }]
  }

  return {
    subscribe,
    get state() {
      return state
    },
    get cursor() {
      return cursor
    },
    /** What the clock of the server shows now. */
    serverTime: () => Date.now() + ahead_ms,
    /** Opens the line, or opens it anew at the same position when other rooms are to be watched. */
    watch(rooms: string[]) {
      if (state !== 'idle' && rooms.join() === watched.join()) return
      watched = rooms
      void connect(state === 'open')
    },
    /** Called when there is reason to hope: the network is back, or somebody looks again. */
    retryNow() {
      const silent = Date.now() - heard_at > heartbeat_ms * patience.silent_beats
      if (state === 'waiting' || (state === 'open' && silent)) {
        failures = 0
        void connect()
      }
    },
    stop() {
      clearTimeout(retry)
      attempt?.abort()
      attempt = null
      cursor = null
      become('idle')
    },
  }
}

type Line = {
  greeted: boolean
  /** Given up for its silence, which is how a proxy looks that gathers the whole stream before it passes it on. */
  mute: boolean
  /** Whether it continues where an earlier one broke off. */
  resumed: boolean
  /** What the server asked for on parting. */
  retry_ms: number | null
  alarm: ReturnType<typeof setTimeout> | undefined
}

function setAlarm(line: Line, attempt: AbortController, ms: number) {
  clearTimeout(line.alarm)
  line.alarm = setTimeout(() => {
    line.mute = true
    attempt.abort()
  }, ms)
}

function asEvent(frame: { id?: string | undefined; event?: string | undefined; data: string }): StreamEvent | null {
  try {
    return { id: frame.id ?? null, type: frame.event, data: JSON.parse(frame.data) } as StreamEvent
  } catch {
    return null
  }
}
