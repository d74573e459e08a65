import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { AiRun, Message } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts'
import { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { StreamReader } from '../support/stream.ts'

let provider: FakeProvider
let server: TestServer
let ada: Person
let grace: Person
beforeAll(async () => {
  provider = await startFakeProvider()
  server = await startTestServer({ provider })
  ada = await server.person('Ada')
  grace = await server.person('Grace')
})
afterAll(async () => {
  await server.stop()
  await provider.stop()
})

let room: Room
let stream: StreamReader
beforeEach(async () => {
  room = await ada.creates()
  await grace.joins(room)
  stream = await grace.listens(`/api/rooms/${room.id}/events`)
})
afterEach(() => {
  ada.leaves()
  grace.leaves()
})

/** The finished answer to whatever was asked last. */
const finished = async (reader = stream) => (await reader.sees('message.updated')).data.message
const lastPrompt = () => provider.requests.at(-1)?.body.messages ?? []
/** Proof that nothing more comes: the agent considers one message after the other, so an answer to this one is the next. */
async function staysQuiet(text: string) {
  const asked = provider.requests.length
  await ada.says(room, text)
  const probe = await ada.creates()
  const other = await ada.listens(`/api/rooms/${probe.id}/events`)
  await ada.says(probe, '@assistant are you there?')
  await finished(other)
  expect(provider.requests.length).toBe(asked + 1)
  expect(stream.all('message.created')).toHaveLength(1)
}

describe('an answer', () => {
  test('grows in front of everybody and ends with how it came about', async () => {
    provider.next({
      text: ['Hello ', 'from ', 'a ', 'model 🤖.'],
      pace: 25,
      comments: 2,
      usage: { prompt_tokens: 12, completion_tokens: 4, cost: 0.002 },
    })
    const question = await ada.says(room, '@assistant say hello')
    const begun = await stream.sees('message.created', event => event.data.message.sender_kind === 'agent')
    expect(begun.data.message).toMatchObject({
      status: 'streaming',
      content: '',
      sender_name: 'Assistant',
      seq: question.seq + 1,
    })

    const answer = Message.parse(await finished())
    expect(answer).toMatchObject({ id: begun.data.message.id, status: 'complete', content: 'Hello from a model 🤖.' })
    expect(AiRun.parse(answer.ai)).toMatchObject({
      trigger_message_id: question.id,
      requested_by: ada.user.id,
      model_id: 'fake/small',
      prompt_tokens: 12,
      completion_tokens: 4,
      cost_usd: 0.002,
      finish_reason: 'stop',
      error: null,
    })
    expect(answer.ai?.first_token_ms).toBeGreaterThan(0)
    expect(answer.ai?.response_ms ?? 0).toBeGreaterThanOrEqual(answer.ai?.first_token_ms ?? 0)

    let text = ''
    for (const { data } of stream.all('message.delta')) {
      expect(data.at).toBe(text.length)
      text += data.text
    }
    expect(text).toBe(answer.content)
    expect(stream.all('message.delta').length).toBeGreaterThan(1)
    expect(stream.all('ai.status').map(event => event.data.state)).toEqual(['thinking', 'writing'])
    expect((await grace.reads(room)).at(-1)).toEqual(answer)
  })

  test('that is joined in the middle comes whole: a snapshot, then the rest', async () => {
    const gate = Promise.withResolvers<void>()
    async function* pieces() {
      yield 'The first half, '
      await gate.promise
      yield 'and the second.'
    }
    provider.next({ text: pieces() })
    await ada.says(room, '@assistant slowly, please')
    await stream.sees('message.delta')
    const late = await ada.listens(`/api/events?watch=${room.id}`)
    expect((await late.sees('message.snapshot')).data.text).toBe('The first half, ')
    gate.resolve()
    await finished(late)
    expect(late.all('message.delta').map(event => event.data)).toMatchObject([{ at: 16, text: 'and the second.' }])
  })

  test('reads the room: its instructions, who said what, and nothing of other rooms', async () => {
    const other = await ada.creates()
    await ada.says(other, 'the canary sings elsewhere')
    await ada.must('PATCH', `/api/rooms/${room.id}`, { system_prompt: 'Answer like a pirate.' })
    await ada.says(room, 'I like tea')
    await grace.says(room, 'I like coffee')
    await grace.says(room, '@assistant who likes what?')
    await finished()
    const prompt = lastPrompt()
    expect(prompt[0]).toMatchObject({ role: 'system', content: expect.stringContaining('Answer like a pirate.') })
    expect(prompt[1]).toEqual({
      role: 'user',
      content:
        '[#1 @ada] Ada: I like tea\n\n[#2 @grace] Grace: I like coffee\n\n[#3 @grace] Grace: @assistant who likes what?',
    })
    expect(JSON.stringify(prompt)).not.toContain('canary')
    expect(provider.requests.at(-1)?.body.max_tokens).toBeGreaterThan(0)

    await ada.says(room, '@assistant and again?')
    await stream.until('a second answer', () => stream.all('message.updated').length === 2)
    expect(lastPrompt().map(message => message.role)).toEqual(['system', 'user', 'assistant', 'user'])
  })

  test('drops the oldest messages when the model cannot hold them all', async () => {
    const long = await ada.creates({ model_id: 'fake/plain' })
    const { models } = await ada.must<{ models: { id: string; context_length: number }[] }>('GET', '/api/models')
    const context = models.find(model => model.id === 'fake/plain')?.context_length ?? 0
    const filler = 'word '.repeat(3_000)
    for (let n = 0; n < Math.ceil((context * 3) / filler.length) + 2; n++) await ada.says(long, `number ${n} ${filler}`)
    const own = await ada.listens(`/api/rooms/${long.id}/events`)
    await ada.says(long, '@assistant which is the first number you see?')
    await finished(own)
    const prompt = JSON.stringify(lastPrompt())
    expect(prompt).not.toContain('number 0 ')
    expect(prompt).toContain('which is the first number you see?')
    expect(prompt.length / 3).toBeLessThan(context)
  })

  test('is one at a time in a room; what is asked meanwhile is answered together', async () => {
    const gate = Promise.withResolvers<void>()
    async function* pieces() {
      yield 'one'
      await gate.promise
      yield ' done'
    }
    provider.next({ text: pieces() })
    const asked = provider.requests.length
    await ada.says(room, '@assistant first question')
    await stream.sees('message.delta')
    await grace.says(room, '@assistant second question')
    const last = await ada.says(room, '@assistant third question')
    gate.resolve()
    await stream.until('the second answer', () => stream.all('message.updated').length === 2)
    expect(provider.requests.length).toBe(asked + 2)
    expect(JSON.stringify(lastPrompt())).toContain('second question')
    expect(stream.all('message.updated')[1]?.data.message.ai?.trigger_message_id).toBe(last.id)
  })
})

describe('staying quiet', () => {
  test('when it is not mentioned', () => staysQuiet('just talking'))
  test('when it is mentioned in code only', () => staysQuiet('write `@assistant` to ask'))
  test('when a person is addressed first', () => staysQuiet('@grace, did you see what @assistant wrote?'))

  test('in a room that is off', async () => {
    await ada.must('PATCH', `/api/rooms/${room.id}`, { ai_mode: 'off' })
    await staysQuiet('@assistant hello?')
  })

  test('in a room where it always answers, when the message is for a person', async () => {
    await ada.must('PATCH', `/api/rooms/${room.id}`, { ai_mode: 'always' })
    await staysQuiet('Grace, what do you think?')
  })

  test('but not when it always answers and nobody else is meant', async () => {
    await ada.must('PATCH', `/api/rooms/${room.id}`, { ai_mode: 'always' })
    await ada.says(room, 'what time is it?')
    expect((await finished()).status).toBe('complete')
  })
})

describe('a failure', () => {
  const cases: [string, Parameters<FakeProvider['next']>[0], RegExp, string][] = [
    [
      'a refused key',
      { refuse: { status: 401, body: { error: { message: 'User not found.', code: 401 } } } },
      /key/i,
      '',
    ],
    [
      'missing credits',
      { refuse: { status: 402, body: { error: { message: 'This request requires more credits', code: 402 } } } },
      /credits/i,
      '',
    ],
    [
      'a rate limit',
      {
        refuse: {
          status: 429,
          body: {
            error: {
              message: 'Provider returned error',
              code: 429,
              metadata: { raw: 'busy upstream', provider_name: 'Nimbus' },
            },
          },
        },
      },
      /busy upstream/,
      '',
    ],
    [
      'a page of HTML',
      { refuse: { status: 502, body: '<html><h1>Bad gateway</h1></html>', headers: { 'content-type': 'text/html' } } },
      /502|gateway/i,
      '',
    ],
    [
      'an error in the middle',
      { text: ['Half ', 'an answer'], breakAt: { piece: 1, error: { code: 400, message: 'Token limit reached' } } },
      /Token limit reached/,
      'Half ',
    ],
    ['a cut connection', { text: ['Half ', 'an answer'], cutAt: 1 }, /./, 'Half '],
    ['an empty answer', { text: [] }, /./, ''],
  ]
  test.each(cases)(
    '%s is told within the message, what had come is kept, and the next question is answered',
    async (_, script, words, kept) => {
      // What may pass is tried three times, here without a pause.
      const { refuse } = script ?? {}
      const passing = refuse && [429, 502].includes(refuse.status)
      const again = { refuse: refuse && { ...refuse, headers: { ...refuse.headers, 'retry-after': '0' } } }
      provider.next(...(passing ? [again, again, again] : [script]))
      await ada.says(room, '@assistant try')
      const failed = await finished()
      expect(failed).toMatchObject({ status: 'error', content: kept })
      expect(failed.ai?.error).toMatch(words)
      expect(failed.ai?.error).not.toMatch(/<|sk-or|undefined|\[object/)

      await ada.says(room, '@assistant again')
      await stream.until('the next answer', () => stream.all('message.updated').length === 2)
      expect(stream.all('message.updated')[1]?.data.message.status).toBe('complete')
    },
  )
})

describe('a restart', () => {
  test('keeps answers as they were, and marks one that was cut short', async () => {
    const first = await startTestServer({ provider })
    const person = await first.person('Survivor')
    const home = await person.creates()
    const live = await person.listens(`/api/rooms/${home.id}/events`)
    await person.says(home, '@assistant finish this')
    const whole = await finished(live)
    provider.next({ text: ['Cut ', 'short'], stallAt: 1 })
    await person.says(home, '@assistant and this')
    await live.sees('message.delta', event => event.data.text === 'Cut ')
    await first.halt()

    const second = await startTestServer({ provider, dataDir: first.dataDir })
    const back = new Person(second.url, person.user, person.token)
    const messages = await back.reads(home)
    expect(messages.find(message => message.id === whole.id)).toEqual(whole)
    expect(messages.at(-1)).toMatchObject({
      status: 'interrupted',
      content: 'Cut ',
      ai: { error: expect.stringContaining('stopped') },
    })
    await second.stop()
  })
})
