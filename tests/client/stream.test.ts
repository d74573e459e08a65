import { afterEach, describe, expect, test } from 'bun:test'
import { createStream, type Stream } from '../../src/client/stream.ts'

type Call = { url: string; method: string; headers: Headers; body: unknown; answer: Line; signal: AbortSignal }

/** The server's end of one connection. */
class Line {
  readonly response = Promise.withResolvers<Response>()
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined

  open() {
    const body = new ReadableStream<Uint8Array>({
      start: controller => {
        this.#controller = controller
      },
    })
    this.response.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
    return this
  }
  hello(cursor = 'e-10', heartbeat_ms = 10_000) {
    return this.open().says('hello', { cursor, server_time: '', heartbeat_ms })
  }
  says(event: string, data: object, id?: string) {
    const frame = `${id ? `id: ${id}\n` : ''}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
    this.#controller?.enqueue(new TextEncoder().encode(frame))
    return this
  }
  breaks() {
    this.#controller?.error(new Error('connection reset'))
  }
}

let stream: Stream
afterEach(() => stream.stop())

function connect(patience: object = {}) {
  const calls: Call[] = []
  const seen: string[] = []
  const send = (url: string, init: RequestInit) => {
    const answer = new Line()
    const signal = init.signal as AbortSignal
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : null
    calls.push({ url, method: init.method ?? 'GET', headers: new Headers(init.headers), body, answer, signal })
    signal.addEventListener('abort', () => answer.response.reject(new DOMException('', 'AbortError')))
    return answer.response.promise
  }
  stream = createStream({
    send: send as unknown as typeof fetch,
    onEvent: event => seen.push(`${event.type} ${event.id}`),
    onFresh: () => seen.push('fresh'),
    onSignedOut: () => seen.push('signed out'),
    random: () => 0,
    patience: { hello_ms: 40, first_retry_ms: 1, longest_retry_ms: 1, ...patience },
  })
  const call = async (n: number): Promise<Call> => {
    for (let i = 0; i < 200; i += 1) {
      const found = calls[n]
      if (found) return found
      await Bun.sleep(2)
    }
    throw new Error(`there was no call ${n}`)
  }
  return { calls, call, seen }
}
const soon = () => Bun.sleep(5)

test('asks for the watched room and passes on what comes', async () => {
  const { call, seen } = connect()
  stream.watch(['garden'])
  const { url, answer, headers } = await call(0)
  expect(url).toBe('/api/events?watch=garden')
  expect(headers.has('last-event-id')).toBeFalse()
  answer.hello().says('message.created', { room_id: 'garden' }, 'e-11').says('typing', { room_id: 'garden' })
  await soon()
  expect(stream.state).toBe('open')
  expect(seen).toEqual(['fresh', 'message.created e-11', 'typing null'])
})

test('continues behind the last lasting event after a break', async () => {
  const { call, seen } = connect()
  stream.watch(['garden'])
  const first = await call(0)
  first.answer.hello('e-10').says('message.created', {}, 'e-11').says('typing', {})
  await soon()
  first.answer.breaks()
  const second = await call(1)
  expect(second.headers.get('last-event-id')).toBe('e-11')
  second.answer.hello('e-99').says('message.created', {}, 'e-12')
  await soon()
  expect(seen).toEqual(['fresh', 'message.created e-11', 'typing null', 'message.created e-12'])
  expect(stream.cursor).toBe('e-12')
})

test('watches another room from the same position, without a word about the connection', async () => {
  const { call, calls } = connect()
  stream.watch(['garden'])
  const first = await call(0)
  first.answer.hello('e-10')
  await soon()
  const states: string[] = []
  stream.subscribe(() => states.push(stream.state))
  stream.watch(['attic'])
  stream.watch(['attic'])
  const second = await call(1)
  expect(second.url).toBe('/api/events?watch=attic')
  expect(second.headers.get('last-event-id')).toBe('e-10')
  expect(first.signal.aborted).toBeTrue()
  second.answer.hello('e-10')
  await soon()
  expect(states).toEqual([])
  expect(calls).toHaveLength(2)
})

test('a line that is heard no more is given up for a new one', async () => {
  const { call } = connect({ silent_beats: 2 })
  stream.watch([])
  const first = await call(0)
  first.answer.hello('e-10', 10)
  await call(1)
  expect(first.signal.aborted).toBeTrue()
})

test('pings keep a line alive', async () => {
  const { call, calls } = connect({ silent_beats: 2 })
  stream.watch([])
  const { answer } = await call(0)
  answer.hello('e-10', 25)
  for (let i = 0; i < 6; i += 1) {
    await Bun.sleep(15)
    answer.says('ping', {})
  }
  expect(calls).toHaveLength(1)
})

test('where nobody says hello it tries a POST, and then a GET again', async () => {
  const { call } = connect()
  stream.watch(['garden'])
  ;(await call(0)).answer.open()
  const second = await call(1)
  expect(second).toMatchObject({ url: '/api/events', method: 'POST', body: { watch: ['garden'] } })
  expect((await call(2)).method).toBe('GET')
})

test('a refused connection is tried again the same way', async () => {
  const { call } = connect()
  stream.watch([])
  ;(await call(0)).answer.response.resolve(new Response('', { status: 502 }))
  expect((await call(1)).method).toBe('GET')
})

test('a reset means that everything has to be loaded afresh', async () => {
  const { call, seen } = connect()
  stream.watch([])
  ;(await call(0)).answer.hello('e-10').says('reset', { reason: 'restored' })
  const second = await call(1)
  expect(second.headers.has('last-event-id')).toBeFalse()
  second.answer.hello('f-1')
  await soon()
  expect(seen).toEqual(['fresh', 'fresh'])
})

describe('somebody who is not signed in', () => {
  test('is told so, and no more calls are made', async () => {
    const { call, calls, seen } = connect()
    stream.watch([])
    ;(await call(0)).answer.response.resolve(new Response('', { status: 401 }))
    await Bun.sleep(20)
    expect(seen).toEqual(['signed out'])
    expect(calls).toHaveLength(1)
  })
})

test('the server says when to come back', async () => {
  const { call } = connect({ first_retry_ms: 10_000, longest_retry_ms: 10_000 })
  stream.watch([])
  ;(await call(0)).answer.hello('e-10').says('bye', { reason: 'restart', retry_ms: 5 })
  expect((await call(1)).headers.get('last-event-id')).toBe('e-10')
})

test('stopped, it stays silent', async () => {
  const { call, calls } = connect()
  stream.watch([])
  const { answer, signal } = await call(0)
  answer.hello()
  await soon()
  stream.stop()
  await Bun.sleep(20)
  expect(signal.aborted).toBeTrue()
  expect(calls).toHaveLength(1)
})
