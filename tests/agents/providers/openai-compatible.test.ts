import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { openAICompatible, type Patience } from '../../../src/server/agents/providers/openai-compatible.ts'
import type { ChatListener, ChatRequest } from '../../../src/server/agents/providers/provider.ts'
import { type FakeProvider, type FakeProviderOptions, startFakeProvider } from '../../support/fake-provider.ts'

const KEY = 'sk-or-very-secret-key'
const ASK: ChatRequest = { model: 'fake/large', max_tokens: 100, messages: [{ role: 'user', content: 'Ada: hello' }] }
const TOOL = {
  type: 'function' as const,
  function: { name: 'web_search', description: 'Searches', parameters: { type: 'object', properties: {} } },
}

let fake: FakeProvider
beforeEach(async () => {
  fake = await startFakeProvider({ apiKey: KEY })
})
afterEach(() => fake.stop())

function connect(patience: Partial<Patience> = {}, apiKey: string | null = KEY, baseUrl = fake.baseUrl) {
  const models = () => Promise.reject(new Error('not asked for'))
  return openAICompatible({
    name: 'openrouter',
    description: 'OpenRouter',
    label: 'OpenRouter',
    baseUrl,
    apiKey,
    headers: { 'HTTP-Referer': 'https://chat.example', 'X-OpenRouter-Title': 'GroupChat' },
    models,
    patience,
  })
}

function chat(request = ASK, listener: ChatListener = {}, patience: Partial<Patience> = {}) {
  return connect(patience).chat(request, listener, new AbortController().signal)
}

async function restart(options: FakeProviderOptions) {
  await fake.stop()
  fake = await startFakeProvider(options)
}

describe('a request', () => {
  test('asks for a stream with usage and a limit, and says who asks', async () => {
    await chat()
    const [request] = fake.requests
    expect(request?.body).toEqual({ ...ASK, stream: true, stream_options: { include_usage: true } })
    expect(request?.headers.get('authorization')).toBe(`Bearer ${KEY}`)
    expect(request?.headers.get('http-referer')).toBe('https://chat.example')
    expect(request?.headers.get('x-openrouter-title')).toBe('GroupChat')
  })

  test('carries no Authorization without a key and no empty list of tools', async () => {
    await restart({ apiKey: null })
    const answer = await connect({}, null).chat({ ...ASK, tools: [] }, {}, new AbortController().signal)
    expect(answer.error).toBeNull()
    expect(fake.requests[0]?.headers.has('authorization')).toBe(false)
    expect(fake.requests[0]?.body).not.toHaveProperty('tools')
  })
})

describe('an answer', () => {
  test('is heard piece by piece, first byte first', async () => {
    fake.next({ comments: 2, reasoning: ['Hm', '…'], text: ['Héllo', ' 🌍'], usage: { prompt_tokens: 7, cost: 0.002 } })
    const heard: string[] = []
    const answer = await chat(ASK, {
      onFirstByte: () => heard.push('first byte'),
      onReasoning: text => heard.push(`thinks ${text}`),
      onText: text => heard.push(`writes ${text}`),
    })
    expect(heard).toEqual(['first byte', 'thinks Hm', 'thinks …', 'writes Héllo', 'writes  🌍'])
    expect(answer).toEqual({
      text: 'Héllo 🌍',
      reasoning: 'Hm…',
      reasoning_details: [{ type: 'reasoning.text', text: 'Hm…', format: 'fake-v1', index: 0 }],
      tool_calls: [],
      images: [],
      citations: [],
      finish_reason: 'stop',
      model: 'fake/large-20260815',
      provider: 'Fake Cloud',
      usage: { prompt_tokens: 7, completion_tokens: 10, total_tokens: 17, cost_usd: 0.002 },
      error: null,
    })
  })

  test('with tool calls goes through a second round that the server accepts', async () => {
    fake.next({ toolCalls: [{ name: 'web_search', arguments: { query: 'Bun 1.4 release notes' } }, { name: 'now' }] })
    const first = await chat({ ...ASK, tools: [TOOL] })
    expect(first.tool_calls).toEqual([
      { id: 'call_fake_1', name: 'web_search', arguments: '{"query":"Bun 1.4 release notes"}' },
      { id: 'call_fake_2', name: 'now', arguments: '{}' },
    ])
    const calls = first.tool_calls.map(({ id, ...call }) => ({ id, type: 'function' as const, function: call }))
    const second = await chat({
      ...ASK,
      tools: [TOOL],
      messages: [
        ...ASK.messages,
        { role: 'assistant', content: null, tool_calls: calls },
        ...calls.map(call => ({ role: 'tool' as const, tool_call_id: call.id, content: 'found' })),
      ],
    })
    expect(second.error).toBeNull()
    expect(second.text).toContain('You said')
  })

  test('keeps pictures and sources', async () => {
    fake.next({
      text: 'See.',
      images: ['data:image/png;base64,AAAA'],
      citations: [{ url: 'https://bun.com', title: 'Bun' }],
    })
    expect(await chat()).toMatchObject({
      images: ['data:image/png;base64,AAAA'],
      citations: [{ url: 'https://bun.com', title: 'Bun' }],
      error: null,
    })
  })

  test('that came whole although a stream was asked for is read all the same', async () => {
    const message = { role: 'assistant', content: 'All at once' }
    fake.next({ refuse: { status: 200, body: { choices: [{ index: 0, message, finish_reason: 'stop' }] } } })
    expect(await chat()).toMatchObject({ text: 'All at once', finish_reason: 'stop', error: null })
  })

  test('of Ollama is read with its own shapes', async () => {
    await restart({ flavour: 'ollama' })
    fake.next({ reasoning: 'Let me see', toolCalls: [{ name: 'web_search', arguments: { query: 'x' } }] })
    const answer = await chat({ ...ASK, model: 'fake-chat:8b', tools: [TOOL] })
    expect(answer).toMatchObject({
      reasoning: 'Let me see',
      tool_calls: [{ name: 'web_search', arguments: '{"query":"x"}' }],
      usage: { total_tokens: 30, cost_usd: null },
      error: null,
    })
  })

  test('leaves the connection to the next request, even when the body ends later than the answer', async () => {
    const body = 'data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n: bye\n\n'
    fake.next({ raw: { body, slice: [body.indexOf(': bye')], pace: 20 } })
    await chat()
    await chat()
    expect(fake.connections).toBe(1)
    expect(fake.aborted).toBe(0)
  })
})

describe('a refusal', () => {
  test.each([
    [{ status: 402, body: { error: { code: 402, message: 'Too dear' } } }, 'credits', 'Too dear'],
    [{ status: 502, body: '<html><title>Bad gateway</title><b>x</b></html>' }, 'unavailable', 'Bad gateway'],
    [{ status: 200, body: { error: { code: 400, message: 'Odd' } } }, 'invalid_request', 'Odd'],
  ])('%j is told in words', async (refuse, code, words) => {
    fake.next({ refuse })
    const { error, text } = await chat()
    expect(error?.code).toBe(code)
    expect(error?.message).toContain(words)
    expect(error?.message).not.toContain('<')
    expect(text).toBe('')
  })

  test('says when to come back', async () => {
    const body = { error: { code: 429, message: 'Slow down' } }
    fake.next({ refuse: { status: 429, body, headers: { 'Retry-After': '7' } } })
    const { error } = await chat()
    expect(error).toMatchObject({ status: 429, code: 'rate_limited', retry_after: 7 })
    expect(error?.message).toEndWith('Try again in 7 seconds.')
  })

  test('of a key, a model or tools is known as such', async () => {
    const signal = new AbortController().signal
    expect((await connect({}, 'sk-or-wrong').chat(ASK, {}, signal)).error?.code).toBe('unauthorized')
    expect((await chat({ ...ASK, model: 'no/such' })).error?.code).toBe('model_not_found')
    expect((await chat({ ...ASK, model: 'fake/plain', tools: [TOOL] })).error?.code).toBe('no_tools')
  })

  test('never repeats the key', async () => {
    fake.next({ refuse: { status: 401, body: { error: { code: 401, message: `Bad key ${KEY}!` } } } })
    const { error } = await chat()
    expect(error?.message).toContain('Bad key [key]!')
    expect(JSON.stringify(error)).not.toContain(KEY)
  })
})

describe('an answer that breaks', () => {
  test('in the middle keeps its text and the reason', async () => {
    const metadata = { provider_name: 'Deep Cloud', raw: '{"error":{"message":"GPU on fire"}}' }
    fake.next({
      text: ['Hel', 'lo'],
      breakAt: { piece: 1, error: { code: 502, message: 'Provider returned error', metadata } },
    })
    const answer = await chat()
    expect(answer.text).toBe('Hel')
    expect(answer.error).toMatchObject({ status: 502, code: 'unavailable' })
    expect(answer.error?.message).toContain('Deep Cloud said: “GPU on fire”')
  })

  test('by a cut connection keeps its text and is truncated', async () => {
    fake.next({ text: ['Hel', 'lo', '!'], cutAt: 2 })
    const answer = await chat()
    expect(answer).toMatchObject({ text: 'Hello', finish_reason: null, error: { status: null, code: 'truncated' } })
  })

  test('before its first byte was not reached', async () => {
    fake.next({ cutAt: 0 })
    expect((await chat()).error).toMatchObject({ status: null, code: 'unreachable' })
  })

  test('at a server that is not there names it', async () => {
    const { baseUrl } = fake
    await fake.stop()
    const { error } = await connect({}, KEY, baseUrl).chat(ASK, {}, new AbortController().signal)
    expect(error?.code).toBe('unreachable')
    expect(error?.message).toContain(`${new URL(baseUrl).host}: the connection was refused`)
  })

  test('by silence times out, keeps its text and tells the server to stop', async () => {
    fake.next({ text: ['Hel', 'lo'], stallAt: 1 })
    const gone = fake.nextAbort()
    const answer = await chat(ASK, {}, { silence: 150 })
    expect(answer).toMatchObject({ text: 'Hel', error: { status: null, code: 'timeout' } })
    expect(answer.error?.message).toContain('went silent')
    await gone
  })

  test('by never beginning times out, with its own patience', async () => {
    fake.next({ comments: 0, text: ['a'], stallAt: 0 })
    const answer = await chat(ASK, {}, { first_byte: 40, silence: 5000 })
    expect(answer.error?.message).toContain('did not begin to answer')
  })

  test('by going on for ever is ended, however lively', async () => {
    fake.next({ text: endless(), pace: 2 })
    const answer = await chat(ASK, {}, { overall: 300 })
    expect(answer.error?.message).toContain('did not finish')
    expect(answer.text).toStartWith('on and on and ')
  })

  test('after its end is whole', async () => {
    const body = `data: {"choices":[{"index":0,"delta":{"content":"Done"},"finish_reason":"stop"}]}\n\n`
    fake.next({ raw: { body, headers: { 'Content-Length': String(body.length + 50) } } })
    expect(await chat(ASK, {}, { silence: 40 })).toMatchObject({ text: 'Done', error: null })
  })

  test('by an error is over, although the connection stays open', async () => {
    const body = 'data: {"error":{"code":500,"message":"Broken"}}\n\n'
    fake.next({ raw: { body, headers: { 'Content-Length': String(body.length + 50) } } })
    expect((await chat()).error?.message).toContain('Broken')
  })

  test('with nothing in it is an error', async () => {
    fake.next({ text: '' })
    expect((await chat()).error?.code).toBe('empty')
  })
})

test('a keep-alive comment resets the silence', async () => {
  const body = `${': still here\n\n'.repeat(40)}data: {"choices":[{"delta":{"content":"At last"},"finish_reason":"stop"}]}\n\n`
  fake.next({ raw: { body, slice: 14, pace: 12 } })
  expect(await chat(ASK, {}, { silence: 400 })).toMatchObject({ text: 'At last', error: null })
})

describe('an abort', () => {
  test('reaches the server and rejects with its reason', async () => {
    fake.next({ text: ['Hel', 'lo'], stallAt: 1 })
    const stop = new AbortController()
    const reason = new Error('stopped by Ada')
    const gone = fake.nextAbort()
    const answer = connect().chat(ASK, { onText: () => stop.abort(reason) }, stop.signal)
    expect(await answer.catch(error => error)).toBe(reason)
    expect((await gone).body.model).toBe('fake/large')
    expect(fake.aborted).toBe(1)
  })

  test('is what a listener that throws amounts to', async () => {
    fake.next({ text: ['Hel', 'lo'], stallAt: 1 })
    const gone = fake.nextAbort()
    const mistake = new Error('a mistake of our own')
    const onText = () => {
      throw mistake
    }
    expect(await chat(ASK, { onText }).catch(error => error)).toBe(mistake)
    await gone
  })

  test('before the answer began does so as well', async () => {
    fake.next({ comments: 0, stallAt: 0 })
    const stop = new AbortController()
    const gone = fake.nextAbort()
    const arrived = fake.nextRequest()
    const answer = connect().chat(ASK, {}, stop.signal)
    await arrived
    stop.abort('enough')
    expect(await answer.catch(error => error)).toBe('enough')
    await gone
  })

  test('that came first asks nothing of the server', async () => {
    expect(
      await connect()
        .chat(ASK, {}, AbortSignal.abort('no'))
        .catch(error => error),
    ).toBe('no')
    expect(fake.requests).toHaveLength(0)
  })
})

async function* endless() {
  while (true) yield 'on and '
}
