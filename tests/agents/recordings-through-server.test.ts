import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Message, type ToolRun } from '../../src/shared/messages.ts'
import { type FakeProvider, type RecordedRequest, type Script, startFakeProvider } from '../support/fake-provider.ts'
import { startFakeSearch, type Wire } from '../support/fake-search.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { StreamReader } from '../support/stream.ts'
import { bytesOf, DONE, delta, frame } from './providers/reading.ts'

setDefaultTimeout(20_000)

/** A folder of recorded streams and error bodies of real servers, which are other people's and not ours to hand on. */
const folder = process.env.PROVIDER_STREAMS ?? ''

/** What the listed price of `fake/large` makes of tokens. */
const PRICES = { prompt: 0.000003, completion: 0.000015 }
const AFTER_TOOLS = 'That is all.'
/** One red pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='

type Call = { name: string; id: string; input: unknown }
/** What becomes of a stream in the room. Everything left out is nothing. */
type Wanted = {
  text?: string
  reasoning?: string
  calls?: Call[]
  finish?: string | null
  prompt_tokens?: number | null
  completion_tokens?: number | null
  cost_usd?: number | null
  pictures?: number
  /** Of the failure, with something that it says. */
  code?: string
  says?: string
}

let provider: FakeProvider
let server: TestServer
let ada: Person
let stream: StreamReader
/** The scripts of all rooms, by the room's name: many are asked at the same time. */
const scripts = new Map<string, Script>()

const roomOf = ({ body }: RecordedRequest) => /room "([^"]*)"/.exec(String(body.messages[0]?.content))?.[1] ?? ''

beforeAll(async () => {
  provider = await startFakeProvider({
    handler(request) {
      // The calls of a recording are told that there is no such tool; what the model says then is its end.
      if (request.body.messages.at(-1)?.role === 'tool') return { text: AFTER_TOOLS, usage: null }
      return scripts.get(roomOf(request)) ?? {}
    },
  })
  server = await startTestServer({ provider })
  ada = await server.person('Ada')
  stream = await ada.listens('/api/events')
})
afterAll(async () => {
  ada.leaves()
  await server.stop()
  await provider.stop()
})

/** Asks in a room of its own; resolves with the answer once it has ended, and with what the provider was sent for it. */
async function answered(script: Script) {
  const name = `recording ${scripts.size + 1}`
  scripts.set(name, script)
  const room = await ada.creates({ name, model_id: 'fake/large' })
  const asked = await ada.says(room, '@assistant go on')
  const ended = () =>
    stream.until(
      `the answer in “${name}”`,
      () =>
        stream
          .all('message.updated')
          .map(event => event.data.message)
          .find(message => message.ai?.trigger_message_id === asked.id && message.status !== 'streaming') ?? null,
    )
  // A busy provider is asked again after pauses that are longer than a reader's patience.
  const message = Message.parse(await ended().catch(ended))
  expect((await ada.reads(room)).at(-1)).toEqual(message)
  return { message, requests: provider.requests.filter(request => roomOf(request) === name) }
}

/** The same stream however the network cuts it, all at the same time. */
async function checkSliced(body: Uint8Array, wanted: Wanted) {
  const within = [...body.keys()].filter(at => ((body[at] ?? 0) & 0xc0) === 0x80)
  const slicings = [undefined, 1, 7, ...(within.length > 0 ? [within] : [])]
  await Promise.all(
    slicings.map(async slice => {
      const { message, requests } = await answered({ raw: { body, slice } })
      check(message, wanted)
      checkSecondRound(requests, body, wanted)
    }),
  )
}

function check({ status, content, ai, attachments }: Message, wanted: Wanted) {
  const { text = '', calls = [], code = null } = wanted
  const tokens = [wanted.prompt_tokens ?? null, wanted.completion_tokens ?? null] as const
  const runs = code === null ? calls : []
  expect(status).toBe(code === null ? 'complete' : 'error')
  expect(content).toBe(runs.length > 0 ? [text, AFTER_TOOLS].filter(Boolean).join('\n\n') : text)
  expect(ai).toMatchObject({
    error_code: code,
    reasoning: wanted.reasoning || null,
    prompt_tokens: tokens[0],
    completion_tokens: tokens[1],
  })
  if (wanted.finish !== undefined) expect(ai?.finish_reason).toBe(runs.length > 0 ? 'stop' : wanted.finish)
  expect(ai?.tools.map(({ name, arguments: input, status }) => ({ name, input, status }))).toEqual(
    runs.map(({ name, input }) => ({ name, input, status: 'error' })),
  )
  for (const [at, tool] of (ai?.tools ?? []).entries()) {
    expect(tool.id).toEndWith(`:${runs[at]?.id}`)
    expectWords(tool.error)
  }
  const price = tokens[0] === null || tokens[1] === null ? null : priceOf(tokens[0], tokens[1])
  const cost = wanted.cost_usd ?? price
  if (cost === null) expect(ai?.cost_usd).toBeNull()
  else expect(ai?.cost_usd).toBeCloseTo(cost, 10)
  expect(attachments).toHaveLength(wanted.pictures ?? 0)
  if (code === null) expect(ai?.error).toBeNull()
  else expectWords(ai?.error ?? null)
  if (wanted.says) expect(ai?.error).toContain(wanted.says)
}

/** After tool calls the model is told of each, under its id, and gets back what it thought. The fake refuses anything else. */
function checkSecondRound(requests: RecordedRequest[], body: Uint8Array, { calls = [], code }: Wanted) {
  if (calls.length === 0 || code) return
  expect(requests).toHaveLength(2)
  const [spoken, ...told] = requests[1]?.body.messages.slice(-1 - calls.length) ?? []
  expect(told.map(message => message.role === 'tool' && message.tool_call_id)).toEqual(calls.map(({ id }) => id))
  for (const message of told) expect(message.content).toStartWith('Error: ')
  const details = spoken?.role === 'assistant' ? JSON.stringify(spoken.reasoning_details ?? []) : ''
  const source = new TextDecoder().decode(body)
  expect(details !== '[]').toBe(source.includes('"reasoning_details":[{'))
  expect(details.includes('"signature"')).toBe(source.includes('"signature"'))
}

function priceOf(prompt: number, completion: number): number {
  return prompt * PRICES.prompt + completion * PRICES.completion
}

/** A sentence or two that a person understands. */
function expectWords(words: string | null) {
  expect(words).toMatch(/^[\p{Lu}\d].{15,700}[.”]$/u)
  expect(words).not.toMatch(/[{}<>✖→]|\[object/)
  expect(words).not.toContain(provider.apiKey ?? 'sk-')
}

const call = (fragment: object) => delta({ content: null, tool_calls: [fragment] })
const usage = (prompt_tokens: number, completion_tokens: number, cost?: number) => ({
  usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens, cost },
})
const thought = (more: object) => ({ type: 'reasoning.text', index: 0, format: 'f', ...more })

const STORIES: Record<string, { body: string; brings: Wanted }> = {
  'text in many scripts, the cost beside the second finish': {
    body: `: WORKING\n\n${delta({ content: 'Grüße, ' })}: WORKING\n\n${delta({ content: '世界 👩‍🚀!' })}${delta({}, 'stop')}${delta({}, 'stop', usage(5, 4, 0.00025))}${DONE}`,
    brings: {
      text: 'Grüße, 世界 👩‍🚀!',
      finish: 'stop',
      prompt_tokens: 5,
      completion_tokens: 4,
      cost_usd: 0.00025,
    },
  },
  'usage without a price, alone at the end': {
    body: `${delta({ content: 'ok' }, 'stop')}${frame({ choices: [], ...usage(1000, 100) })}${DONE}`,
    brings: { text: 'ok', prompt_tokens: 1000, completion_tokens: 100 },
  },
  'CRLF, several data lines and no last blank line': {
    body: '\uFEFFevent: message\r\nid: 4\r\ndata:{"choices":[{"delta":{"content":"öne"},\r\ndata: "finish_reason":"stop"}]}\r\n\r\ndata:\r\n\r\ndata:[DONE]',
    brings: { text: 'öne', finish: 'stop' },
  },
  'reasoning with a signature, then a call in fragments': {
    body: `${delta({ reasoning: 'Let mé ', reasoning_details: [thought({ text: 'Let mé ' })] })}${delta({ reasoning_details: [thought({ text: '', signature: 'c2ln' })] })}${call({ index: 0, id: 'tool_1:x', function: { name: 'find', arguments: '' } })}${call({ index: 0, function: { arguments: '{"wo' } })}${call({ index: 0, function: { arguments: 'rd":"ö"}' } })}${delta({}, 'tool_calls', usage(7, 3, 0.5))}${DONE}`,
    brings: {
      reasoning: 'Let mé ',
      calls: [{ id: 'tool_1:x', name: 'find', input: { word: 'ö' } }],
      finish: 'tool_calls',
      prompt_tokens: 7,
      completion_tokens: 3,
      cost_usd: 0.5,
    },
  },
  'text before two whole calls that are both number 0': {
    body: `${delta({ content: 'Let me look.' })}${call({ index: 0, id: 'a', function: { name: 'one', arguments: '{"x":1}' } })}${call({ index: 0, id: 'b', function: { name: 'one', arguments: '{"x":2}' } })}${delta({}, 'stop')}`,
    brings: {
      text: 'Let me look.',
      calls: [
        { id: 'a', name: 'one', input: { x: 1 } },
        { id: 'b', name: 'one', input: { x: 2 } },
      ],
    },
  },
  'calls without index and id, one of them without arguments': {
    body: `${call({ function: { name: 'one', arguments: { x: 1 } } })}${call({ function: { name: 'two', arguments: '{"y":2}' } })}${delta({}, 'tool_calls')}`,
    brings: {
      calls: [
        { id: 'call_1', name: 'one', input: { x: 1 } },
        { id: 'call_2', name: 'two', input: { y: 2 } },
      ],
    },
  },
  'a call whose arguments are no JSON': {
    body: `${call({ index: 0, id: 'a', function: { name: 'web_fetch', arguments: '{"url": "http' } })}${delta({}, 'tool_calls')}`,
    brings: { calls: [{ id: 'a', name: 'web_fetch', input: '{"url": "http' }] },
  },
  'a known tool with arguments that do not fit': {
    body: `${call({ index: 0, id: 'a', function: { name: 'web_fetch', arguments: '{"address":"x"}' } })}${delta({}, 'tool_calls')}`,
    brings: { calls: [{ id: 'a', name: 'web_fetch', input: { address: 'x' } }] },
  },
  'two pictures, one of which is none, and no text': {
    body: `${delta({ images: [{ image_url: { url: `data:image/png;base64,${PIXEL}` } }] })}${delta({ images: [{ image_url: { url: 'data:image/png;base64,AA==' } }] }, 'stop')}${DONE}`,
    brings: { pictures: 1, finish: 'stop' },
  },
  'an error in the middle, with the usage': {
    body: `${delta({ content: 'Hälf' })}${delta({}, 'error', { error: { code: 429, message: 'Too <b>many</b> of them' }, ...usage(3, 1) })}`,
    brings: { text: 'Hälf', prompt_tokens: 3, completion_tokens: 1, code: 'rate_limited', says: 'Too many of them' },
  },
  'an event named error': {
    body: `${delta({ content: 'Hel' })}event: error\ndata: the engine stopped\n\n`,
    brings: { text: 'Hel', code: 'provider_error', says: 'the engine stopped' },
  },
  'a stream that ends within an event': {
    body: `${delta({ content: 'Half' })}${delta({ content: ' and this is lost' }).slice(0, 60)}`,
    brings: { text: 'Half', code: 'truncated' },
  },
  'a stream that ends within a call, which is not run': {
    body: `${delta({ content: 'Wait.' })}${call({ index: 0, id: 'a', function: { name: 'web_fetch', arguments: '{"url": "http://127' } })}`,
    brings: { text: 'Wait.', code: 'truncated' },
  },
  'thoughts and not a word': {
    body: delta({ reasoning: 'Hm' }, 'length'),
    brings: { reasoning: 'Hm', code: 'no_room' },
  },
  'nothing at all': { body: '', brings: { code: 'empty' } },
}

describe('in a room, a stream with', () => {
  for (const [name, { body, brings }] of Object.entries(STORIES)) test(name, () => checkSliced(bytesOf(body), brings))
})

type Expected = {
  text: string
  reasoning: string
  tools: { name: string; args: string; id: string }[]
  finish: string | null
  pt: number | null
  ct: number | null
  cost: number | null
  imgs: number
}

const CONSTRUCTED: Record<string, Wanted> = {
  'cx-01-ollama-index-always-zero.sse': {
    calls: [
      { name: 'add', id: 'call_abc123', input: { a: 2, b: 3 } },
      { name: 'multiply', id: 'call_def456', input: { a: 2, b: 3 } },
    ],
  },
  'cx-02-docs-midstream-error.sse': { text: 'Hello', code: 'rate_limited', says: 'Rate limit exceeded' },
  'cx-06-truncated-no-finish-no-done.sse': { text: 'Half an ans', code: 'truncated' },
  'cx-07-finish-reason-error-native.sse': { code: 'provider_error', says: 'network_error' },
  'cx-08-crlf-multiline-data.sse': { text: 'multi-line ok', finish: 'stop' },
  'cx-11-llamacpp-2025-error-field.sse': { code: 'context_length', says: 'available context size' },
  'cx-12-lmstudio-midstream-error.sse': { text: 'Hel', code: 'provider_error', says: 'Compute error' },
  'cx-14-ping-empty-data-no-trailing-blank.sse': { text: 'ok end', finish: 'stop' },
}

describe.skipIf(!folder)('in a room, recorded streams (skipped without PROVIDER_STREAMS)', () => {
  const expected: Record<string, Expected> = folder ? JSON.parse(textOf('expected.json')) : {}

  for (const [name, wanted] of Object.entries(expected)) {
    test(name, () =>
      checkSliced(read(name), {
        text: wanted.text,
        reasoning: wanted.reasoning,
        calls: wanted.tools.map(({ name, id, args }) => ({ name, id, input: JSON.parse(args) })),
        finish: wanted.finish,
        prompt_tokens: wanted.pt,
        completion_tokens: wanted.ct,
        cost_usd: wanted.cost,
        pictures: wanted.imgs,
      }),
    )
  }
  for (const [name, wanted] of Object.entries(CONSTRUCTED))
    test(name, () => checkSliced(read(`constructed/${name}`), wanted))

  test('all of them', () => {
    const streams = (path: string) => files(path).filter(name => name.endsWith('.sse'))
    expect(streams('.')).toEqual(Object.keys(expected).sort())
    expect(streams('constructed')).toEqual(Object.keys(CONSTRUCTED).sort())
  })
})

describe.skipIf(!folder)('in a room, recorded error bodies (skipped without PROVIDER_STREAMS)', () => {
  const paths = ['.', 'constructed'].flatMap(path =>
    files(path)
      .map(name => join(path, name))
      .filter(path => /http-\d{3}/.test(path) && !path.endsWith('.meta.json')),
  )
  const answers = new Map<string, ReturnType<typeof answered>>()
  beforeAll(() => {
    for (const path of paths) {
      const status = Number(/http-(\d{3})/.exec(path)?.[1])
      const body = path.endsWith('.json') ? JSON.parse(textOf(path)) : textOf(path)
      answers.set(path, answered({ refuse: { status, body } }))
    }
  })

  for (const path of paths)
    test(path, async () => {
      const answer = await answers.get(path)
      expect(answer?.message).toMatchObject({ status: 'error', content: '', ai: { tools: [], reasoning: null } })
      expect(answer?.message.ai?.error_code).toMatch(/^[a-z]+(_[a-z]+)*$/)
      expectWords(answer?.message.ai?.error ?? null)
    })

  test('a good number of them', () => expect(paths.length).toBeGreaterThan(15))
})

/** Answers that hold results; every other body becomes an error in words. */
const FINDS = ['brave-200.json', 'searxng-200.json', 'tavily-search-200.json', 'tavily-extract-200.json']
/** Statuses that no name tells. */
const STATUSES: Record<string, number> = {
  'searxng-error.json': 400,
  'tavily-keyless-limit-UNVERIFIED.json': 429,
}

describe.skipIf(!folder)('in a room, recorded answers of search engines (skipped without PROVIDER_STREAMS)', () => {
  for (const wire of ['brave', 'tavily', 'searxng'] as const) {
    test(wire, async () => {
      const names = files('search').filter(name => name.startsWith(wire))
      const tools = await searched(wire, names)
      expect(names.length).toBeGreaterThan(1)
      for (const [at, name] of names.entries()) {
        const tool = tools[at]
        const is_found = FINDS.includes(name)
        expect({ name, status: tool?.status }).toEqual({ name, status: is_found ? 'done' : 'error' })
        if (is_found) expect(tool?.result).toMatch(/^1\. .+\n {3}https:\/\/\S+/)
        else expectWords(tool?.error ?? null)
        expect(tool?.error ?? '').not.toContain('fake-search-key')
      }
    })
  }
})

/** One question with one search for each of these answers. */
async function searched(wire: Wire, names: string[]): Promise<ToolRun[]> {
  const search = await startFakeSearch()
  const ownProvider = await startFakeProvider()
  const ownServer = await startTestServer({
    provider: ownProvider,
    env: {
      SEARCH_PROVIDER: wire,
      BRAVE_API_KEY: search.key,
      BRAVE_BASE_URL: search.origin,
      TAVILY_API_KEY: search.key,
      TAVILY_BASE_URL: search.origin,
      SEARXNG_URL: search.origin,
      AI_MAX_ROUNDS: String(names.length + 1),
    },
  })
  try {
    for (const name of names) {
      const status = STATUSES[name] ?? Number(/-(\d{3})/.exec(name)?.[1])
      const raw = { status, headers: { 'content-type': 'application/json' }, body: textOf(`search/${name}`) }
      // Brave is asked once more where its limit is one of seconds.
      search.next(...(wire === 'brave' && name.includes('429-real') ? [{ raw }, { raw }] : [{ raw }]))
      ownProvider.next({ text: [], toolCalls: [{ id: name, name: 'web_search', arguments: { query: name } }] })
    }
    ownProvider.next({ text: 'So it is.' })
    const bob = await ownServer.person('Bob')
    const room = await bob.creates({ model_id: 'fake/large' })
    const events = await bob.listens(`/api/rooms/${room.id}/events`)
    await bob.says(room, '@assistant search')
    for (const name of names)
      await events.sees('ai.tool', ({ data: { tool } }) => tool.id.endsWith(name) && tool.status !== 'running')
    const { message } = (await events.sees('message.updated')).data
    bob.leaves()
    expect(message).toMatchObject({ status: 'complete', content: 'So it is.' })
    return message.ai?.tools ?? []
  } finally {
    await ownServer.stop()
    await ownProvider.stop()
    await search.stop()
  }
}

function files(path: string): string[] {
  return folder ? readdirSync(join(folder, path)).sort() : []
}

function read(path: string): Uint8Array {
  return readFileSync(join(folder, path))
}

function textOf(path: string): string {
  return new TextDecoder().decode(read(path))
}
