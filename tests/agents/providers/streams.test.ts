import { describe, expect, test } from 'bun:test'
import { bytesOf, DONE, delta, frame, type Heard, readCut, readSliced, SLICINGS } from './reading.ts'

type Story = { body: string; brings: object; code?: string; says?: string }

const call = (fragment: object) => delta({ content: null, tool_calls: [fragment] })
const asks = (name: string, args: string) => ({ name, arguments: args })

/** Every way of writing an answer that some server has, and what is to be read in it. */
const STORIES: Record<string, Story> = {
  'text after comments, with the finish twice and the cost beside the second': {
    body: `: WORKING\n\n: WORKING\n\n${delta({ role: 'assistant', content: 'Grüße, ' })}${delta({ content: '世界 👩‍🚀!' })}${delta({ content: '' }, 'stop')}${delta({ content: '' }, 'stop', { provider: 'Somewhere', usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9, cost: 0.00025 } })}${DONE}`,
    brings: {
      text: 'Grüße, 世界 👩‍🚀!',
      finish_reason: 'stop',
      model: 'maker/model',
      provider: 'Somewhere',
      usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9, cost_usd: 0.00025 },
    },
  },
  'comments between chunks, usage alone at the end, an empty first chunk': {
    body: `${frame({ model: '', choices: [] })}${delta({ content: 'a' })}: still here\n\n${delta({ content: 'b' }, 'stop')}${frame({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } })}${DONE}`,
    brings: { text: 'ab', model: 'maker/model', usage: { total_tokens: 3, cost_usd: null } },
  },
  'usage more than once: the last one counts': {
    body: `${delta({ content: 'a' }, null, { usage: { total_tokens: 1 } })}${delta({}, 'stop', { usage: { total_tokens: 9 } })}${frame({ choices: [], usage: null })}`,
    brings: { text: 'a', usage: { total_tokens: 9 } },
  },
  'CRLF, several data lines, other fields, no space, no last blank line': {
    body: `\uFEFFevent: message\r\nid: 4\r\nretry: 10\r\ndata:{"choices":[{"delta":{"content":"one"},\r\ndata: "finish_reason":"stop"}]}\r\n\r\ndata:\r\n\r\ndata:[DONE]`,
    brings: { text: 'one', finish_reason: 'stop' },
  },
  'no [DONE], the last event without its blank line': {
    body: `${delta({ content: 'ok' })}${delta({}, 'stop').trimEnd()}`,
    brings: { text: 'ok', finish_reason: 'stop' },
  },
  'text after [DONE] is nobody’s': {
    body: `${delta({ content: 'ok' }, 'stop')}${DONE}${delta({ content: 'more' })}`,
    brings: { text: 'ok' },
  },
  'text as parts, a refusal as text': {
    body: `${delta({ content: [{ type: 'text', text: 'I ' }] })}${delta({ content: null, refusal: 'cannot' }, 'stop')}`,
    brings: { text: 'I cannot' },
  },
  'reasoning under either name, with details to send back': {
    body: `${delta({ reasoning: 'Let ', reasoning_details: [{ type: 'reasoning.text', text: 'Let ', index: 0, format: 'f' }] })}${delta({ reasoning_content: 'me', reasoning_details: [{ type: 'reasoning.text', text: 'me', index: 0, format: 'f' }] })}${delta({ content: '', reasoning_details: [{ type: 'reasoning.text', signature: 'c2ln', index: 0 }] })}${delta({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', index: 1 }] })}${delta({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'y', index: 1 }] })}${delta({ content: 'Yes' }, 'stop')}`,
    brings: {
      text: 'Yes',
      reasoning: 'Let me',
      reasoning_details: [
        { type: 'reasoning.text', text: 'Let me', index: 0, format: 'f', signature: 'c2ln' },
        { type: 'reasoning.encrypted', data: 'x', index: 1 },
        { type: 'reasoning.encrypted', data: 'y', index: 1 },
      ],
    },
  },
  'a tool call in fragments, the name once, empty fragments between': {
    body: `${call({ index: 0, id: 'tool_1:x', function: { name: 'find', arguments: '' } })}${call({ index: 0, function: { arguments: '' } })}${call({ index: 0, function: { name: '', arguments: '{"wo' } })}${call({ index: 0, function: { name: 'find', arguments: 'rd":"ö"}' } })}${delta({}, 'tool_calls')}${delta({}, 'tool_calls', { usage: {} })}`,
    brings: { tool_calls: [{ id: 'tool_1:x', ...asks('find', '{"word":"ö"}') }], finish_reason: 'tool_calls' },
  },
  'two calls side by side, their fragments mixed': {
    body: `${call({ index: 0, id: 'a', function: { name: 'one', arguments: '{"x"' } })}${call({ index: 1, id: 'b', function: { name: 'two', arguments: '{"y"' } })}${call({ index: 0, function: { arguments: ':1}' } })}${call({ index: 1, function: { arguments: ':2}' } })}${delta({}, 'tool_calls')}`,
    brings: {
      tool_calls: [
        { id: 'a', ...asks('one', '{"x":1}') },
        { id: 'b', ...asks('two', '{"y":2}') },
      ],
    },
  },
  'indexes that begin at 1, after some text, with the finish “stop”': {
    body: `${delta({ content: 'Let me look.' })}${call({ index: 1, id: 'a', function: { name: 'one', arguments: '{}' } })}${delta({}, 'stop')}`,
    brings: { text: 'Let me look.', tool_calls: [{ id: 'a', ...asks('one', '{}') }] },
  },
  'two whole calls that are both number 0': {
    body: `${call({ index: 0, id: 'a', function: { name: 'one', arguments: '{"x":1}' } })}${call({ index: 0, id: 'b', function: { name: 'one', arguments: '{"x":2}' } })}${delta({}, 'tool_calls')}`,
    brings: {
      tool_calls: [
        { id: 'a', ...asks('one', '{"x":1}') },
        { id: 'b', ...asks('one', '{"x":2}') },
      ],
    },
  },
  'no index: by id, else the last one': {
    body: `${call({ id: 'a', function: { name: 'one', arguments: '{"x"' } })}${call({ function: { arguments: ':1}' } })}${call({ id: 'b', function: { name: 'two', arguments: '{' } })}${call({ id: 'b', function: { arguments: '}' } })}${delta({}, 'tool_calls')}`,
    brings: {
      tool_calls: [
        { id: 'a', ...asks('one', '{"x":1}') },
        { id: 'b', ...asks('two', '{}') },
      ],
    },
  },
  'neither index nor id: a name after whole arguments is a second call': {
    body: `${call({ function: { name: 'one', arguments: { x: 1 } } })}${call({ function: { name: 'two', arguments: '{"y":2}' } })}${delta({}, 'tool_calls')}`,
    brings: {
      tool_calls: [
        { id: 'call_1', ...asks('one', '{"x":1}') },
        { id: 'call_2', ...asks('two', '{"y":2}') },
      ],
    },
  },
  'no arguments at all': {
    body: `${call({ index: 0, id: 'a', function: { name: 'now', arguments: '' } })}${call({ index: 1, id: 'b', function: { name: 'here' } })}${delta({}, 'tool_calls')}`,
    brings: {
      tool_calls: [
        { id: 'a', ...asks('now', '{}') },
        { id: 'b', ...asks('here', '{}') },
      ],
    },
  },
  'pictures, sources and no text': {
    body: `${delta({ annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A' } }, { type: 'other' }] })}${delta({ annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.example' } }] })}${delta({ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }] }, 'stop')}`,
    brings: { images: ['data:image/png;base64,AA=='], citations: [{ url: 'https://a.example', title: 'A' }] },
  },
  'an error beside an empty choice, with the usage, after some text': {
    body: `${delta({ content: 'Half' })}${delta({ content: '' }, 'error', { error: { code: 429, message: 'Too many' }, usage: { total_tokens: 3 } })}`,
    brings: { text: 'Half', usage: { total_tokens: 3 } },
    code: 'rate_limited',
    says: 'Too many',
  },
  'an error after a finish, with a code in words': {
    body: `${delta({ content: 'Half' }, 'length')}${frame({ choices: [], error: { code: 'rate_limit_exceeded', message: 'Later' } })}${DONE}`,
    brings: { text: 'Half', finish_reason: 'length' },
    code: 'rate_limited',
    says: 'Later',
  },
  'two errors: the first is the cause': {
    body: frame({ error: { code: 429, message: 'Slow down' } }) + frame({ error: { code: 500, message: 'Closed' } }),
    brings: { error: { status: 429 } },
    code: 'rate_limited',
    says: 'Slow down',
  },
  'an error as a mere string': {
    body: frame({ error: 'It crashed' }),
    brings: {},
    code: 'provider_error',
    says: 'It crashed',
  },
  'an error in the choice': {
    body: frame({
      choices: [{ message: { content: 'Ha' }, finish_reason: 'error', error: { code: 502, message: 'Gone' } }],
    }),
    brings: { text: 'Ha' },
    code: 'unavailable',
    says: 'Gone',
  },
  'an error without the word around it': {
    body: frame({ object: 'error', message: 'This prompt is too long', code: 400 }),
    brings: {},
    code: 'context_length',
    says: 'prompt is too long',
  },
  'an event named error, in words': {
    body: `${delta({ content: 'Hel' })}event: error\ndata: the engine stopped\n\n`,
    brings: { text: 'Hel' },
    code: 'provider_error',
    says: 'the engine stopped',
  },
  'a field named error, which is no part of the format': {
    body: `error: {"code":400,"message":"the request exceeds the available context size","type":"invalid"}\n\n${DONE}`,
    brings: {},
    code: 'context_length',
    says: 'the available context size',
  },
  'the end of a network that is told by the way': {
    body:
      frame({ choices: [{ delta: { content: '' }, finish_reason: 'stop', native_finish_reason: 'network_error' }] }) +
      DONE,
    brings: { finish_reason: 'stop' },
    code: 'provider_error',
    says: 'network_error',
  },
  'a stream that ends within an event': {
    body: `${delta({ content: 'Half' })}${delta({ content: ' and this is lost' }).slice(0, 60)}`,
    brings: { text: 'Half', finish_reason: null },
    code: 'truncated',
  },
  'a stream that ends within a tool call': {
    body: call({ index: 0, id: 'a', function: { name: 'one', arguments: '{"x' } }),
    brings: { tool_calls: [{ id: 'a', ...asks('one', '{"x') }] },
    code: 'truncated',
  },
  'nothing at all': { body: '', brings: { finish_reason: null }, code: 'empty' },
  'an end and nothing before it': { body: delta({ content: '\n' }, 'stop') + DONE, brings: {}, code: 'empty' },
  'all length spent on thoughts': {
    body: delta({ reasoning: 'Hm' }, 'length'),
    brings: { reasoning: 'Hm' },
    code: 'no_room',
  },
  'an end by the content filter': { body: delta({}, 'content_filter'), brings: {}, code: 'content_policy' },
  'chunks that are no chunks': {
    body: `data: null\n\ndata: [1]\n\ndata: nonsense\n\n${frame({ choices: [null, 7] })}${frame({ choices: {}, usage: 'much' })}${delta({ content: 7, tool_calls: [null, { function: 'x' }], images: [{}] })}${delta({ content: 'ok' }, 'stop')}`,
    brings: { text: 'ok', tool_calls: [], images: [], usage: null },
  },
}

for (const [name, { body, brings, code, says }] of Object.entries(STORIES)) {
  describe(name, () => {
    for (const size of SLICINGS) {
      test(size === null ? 'whole' : `${size} bytes at a time`, () => check(readSliced(bytesOf(body), size)))
    }
    test('cut within every character', () => {
      const bytes = bytesOf(body)
      check(
        readCut(
          bytes,
          [...bytes.keys()].filter(at => ((bytes[at] ?? 0) & 0xc0) === 0x80),
        ),
      )
    })
  })

  function check(heard: Heard) {
    expect(heard).toMatchObject(brings)
    expect(heard.written).toBe(heard.text)
    expect(heard.thought).toBe(heard.reasoning)
    expect(heard.error?.code ?? null).toBe(code ?? null)
    if (says) expect(heard.error?.message).toContain(says)
  }
}

test('a picture of several megabytes is one event', () => {
  const url = `data:image/png;base64,${'A'.repeat(6_000_000)}`
  const heard = readSliced(bytesOf(delta({ images: [{ image_url: { url } }] }, 'stop')), 65_536)
  expect(heard.images[0]?.length).toBe(url.length)
  expect(heard.error).toBeNull()
})

test('an event without end is given up', () => {
  const heard = readSliced(bytesOf(`${delta({ content: 'Half' })}data: ${'A'.repeat(40_000_000)}`), 1_000_000)
  expect(heard).toMatchObject({ text: 'Half', error: { code: 'oversized' } })
})
