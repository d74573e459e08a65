import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { serveOffline } from '../../../src/server/agents/providers/offline.ts'
import { guideAnswer } from '../../../src/server/agents/providers/offline-guide.ts'
import { openAICompatible } from '../../../src/server/agents/providers/openai-compatible.ts'
import type { ChatListener } from '../../../src/server/agents/providers/provider.ts'

const says = (text: string) => guideAnswer([{ role: 'user', text }])

describe('the guide', () => {
  test('says what it is, to whom it speaks and what to do', () => {
    const answer = says('Ada: what is the weather?')
    expect(answer).toStartWith('Hello Ada! You wrote: “what is the weather?”.')
    expect(answer).toContain('I am offline and not a language model')
    for (const word of ['OPENROUTER_API_KEY', '127.0.0.1:11434', 'OPENROUTER_BASE_URL']) expect(answer).toContain(word)
  })

  test('shows a list, a table and code in a language', () => {
    expect(says('hi')).toMatch(/^- /m)
    expect(says('hi')).toMatch(/^\|---\|/m)
    expect(says('hi')).toMatch(/^```sh\n[\s\S]+^```$/m)
  })

  test('begins with what it was asked for', () => {
    const firstOf = (answer: string) =>
      ['```sh', '|---|', '\n- '].sort((a, b) => answer.indexOf(a) - answer.indexOf(b))[0]
    expect(firstOf(says('Show me CODE'))).toBe('```sh')
    expect(firstOf(says('Ada: a table, please'))).toBe('|---|')
    expect(firstOf(says('help'))).toBe('\n- ')
  })

  test('repeats a question as words: one line, cut, without markup, links or mentions', () => {
    const [first = ''] = says('Eve: `<img src=x>`\n# [click](https://evil.example) @everyone | **b**').split('\n')
    expect(first).toContain('“img src=x clickevil.example everyone b”')
    expect(first).not.toMatch(/[`<>#[\]@|]|:\/\//)
    expect(says(`Eve: ${'👩‍🚀'.repeat(1000)}`).isWellFormed()).toBe(true)
    expect(says('word '.repeat(100)).split('\n')[0]?.length).toBeLessThan(300)
  })

  test('answers the last of the people, or nobody', () => {
    const messages = [
      { role: 'user', text: 'Ada: first' },
      { role: 'user', text: 'Grace: second' },
      { role: 'assistant', text: 'third' },
    ]
    expect(guideAnswer(messages)).toStartWith('Hello Grace! You wrote: “second”')
    expect(guideAnswer([])).toStartWith('Hello! **I am offline')
  })
})

describe('over HTTP', () => {
  let server: ReturnType<typeof serveOffline>
  beforeEach(() => {
    server = serveOffline({ paceMs: 0 })
  })
  afterEach(() => server.close())

  const chat = (listener: ChatListener = {}, signal = new AbortController().signal, max_tokens = 4000) =>
    openAICompatible({
      name: 'offline',
      description: 'offline',
      label: 'The offline guide',
      baseUrl: server.baseUrl,
      apiKey: null,
      models: () => Promise.reject(new Error('not asked for')),
    }).chat({ model: 'any/model', max_tokens, messages: [{ role: 'user', content: 'Ada: hello' }] }, listener, signal)

  test('it streams in many small pieces, for nothing', async () => {
    const pieces: string[] = []
    const answer = await chat({ onText: piece => pieces.push(piece) })
    expect(answer).toMatchObject({
      text: says('Ada: hello'),
      finish_reason: 'stop',
      model: 'offline/guide',
      error: null,
    })
    expect(answer.usage).toMatchObject({ completion_tokens: pieces.length, cost_usd: 0 })
    expect(pieces.length).toBeGreaterThan(100)
  })

  test('it writes in the wire of the others', async () => {
    const response = await fetch(`${server.baseUrl}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'offline/guide', messages: [{ role: 'user', content: 'hi' }] }),
    })
    const frames = (await response.text()).split('\n\n')
    const chunks = frames.filter(line => line.startsWith('data: {')).map(line => JSON.parse(line.slice(6)))
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(frames[0]).toStartWith(': ')
    expect(frames.slice(-2)).toEqual(['data: [DONE]', ''])
    expect(chunks.every(chunk => chunk.choices[0].delta.role === 'assistant')).toBe(true)
    expect(chunks.slice(-2).map(chunk => [chunk.choices[0].finish_reason, 'usage' in chunk])).toEqual([
      ['stop', false],
      ['stop', true],
    ])
  })

  test('it keeps to a limit', async () => {
    expect(await chat({}, undefined, 3)).toMatchObject({ text: 'Hello Ada! You', finish_reason: 'length', error: null })
  })

  test('it stops when nobody listens', async () => {
    server.close()
    server = serveOffline({ paceMs: 5 })
    const stop = new AbortController()
    let pieces = 0
    const answer = chat({ onText: () => ++pieces === 2 && stop.abort('enough') }, stop.signal)
    expect(await answer.catch(error => error)).toBe('enough')
    expect(pieces).toBe(2)
  })

  test('it refuses what is no request, in words', async () => {
    const response = await fetch(`${server.baseUrl}/chat/completions`, { method: 'POST', body: 'nonsense' })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: { code: 400, message: 'The request needs a list of messages.' } })
  })
})
