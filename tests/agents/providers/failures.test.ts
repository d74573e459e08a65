import { describe, expect, test } from 'bun:test'
import { createFailures } from '../../../src/server/agents/providers/failures.ts'

const KEY = 'my-own-key-0123456789'
const NOW = Date.UTC(2026, 10, 20, 12)
const failures = createFailures('OpenRouter', KEY, () => NOW)

function refused(status: number, body: unknown, headers: Record<string, string> = {}) {
  const source = typeof body === 'string' ? body : JSON.stringify(body)
  return failures.fromResponse(status, new Headers({ 'content-type': 'application/json', ...headers }), source)
}

const error = (message: string, more: object = {}) => ({ error: { message, ...more } })

describe('our word for it', () => {
  test.each<[number, unknown, string]>([
    [400, error('maximum context length is 8192 tokens', { code: 400 }), 'context_length'],
    [400, error('too much', { type: 'exceed_context_size_error' }), 'context_length'],
    [400, error('too much', { code: 'context_length_exceeded' }), 'context_length'],
    [400, error('acme/one is not a valid model ID', { availability: { code: 'model_not_found' } }), 'model_not_found'],
    [400, error('library/tiny does not support tools'), 'no_tools'],
    [400, error('"auto" tool choice requires --enable-auto-tool-choice'), 'no_tools'],
    [404, error('No endpoints found that support tool use'), 'no_tools'],
    [404, error('model "x" not found'), 'model_not_found'],
    [400, error('messages must not be empty'), 'invalid_request'],
    [401, error('Unauthorized'), 'unauthorized'],
    [402, error('can only afford 12 tokens of the context size'), 'credits'],
    [429, error('You exceeded your quota', { code: 'insufficient_quota' }), 'credits'],
    [403, error('no', { metadata: { reasons: ['violence'] } }), 'content_policy'],
    [403, error('not from your country'), 'forbidden'],
    [408, error('late'), 'timeout'],
    [413, error('large'), 'too_large'],
    [429, error('slow'), 'rate_limited'],
    [500, error('oh'), 'unavailable'],
    [529, error('busy', { metadata: { error_type: 'provider_overloaded' } }), 'unavailable'],
    [524, '<html>', 'timeout'],
    [200, error('odd', { code: 503 }), 'unavailable'],
    [429, { error: { message: 'slow', http_status: 429 } }, 'rate_limited'],
  ])('HTTP %d with %j', (status, body, code) => {
    expect(refused(status, body).code).toBe(code)
  })

  test('within a stream a refused request is an answer that broke', () => {
    expect(failures.fromError({ code: 400, message: 'Token limit reached' })).toMatchObject({
      status: 400,
      code: 'provider_error',
      message: 'OpenRouter stopped with an error. OpenRouter said: “Token limit reached”.',
    })
  })
})

describe('the provider’s own reason', () => {
  test.each<[string, unknown, string]>([
    ['in the error', error('Because.'), 'OpenRouter said: “Because.”'],
    ['as a string', { error: 'The model crashed' }, '“The model crashed”'],
    ['without a word around it', { message: 'Odd', code: 400 }, '“Odd”'],
    ['as details of a validation', { detail: [{ loc: ['body'], msg: 'field required' }] }, '“field required”'],
    ['in a list', [{ error: { message: 'Listed' } }], '“Listed”'],
    [
      'upstream',
      error('Provider returned error', { metadata: { raw: 'No GPU', provider_name: 'Deep' } }),
      'Deep said: “No GPU”',
    ],
    ['upstream, as JSON', error('Hm', { metadata: { raw: '{"error":{"message":"No {GPU}"}}' } }), '“No {GPU}”'],
    ['upstream, as an object', error('Hm', { metadata: { raw: { detail: 'Inner' } } }), '“Inner”'],
    ['upstream, empty', error('Outer', { metadata: { raw: '' } }), '“Outer”'],
    ['on several lines', error('one\n\n\ttwo\u0000\u202Ethree'), '“one two three”'],
    ['with brackets that are no markup', error('set <model> & 1 < 2'), '“set <model> & 1 < 2”'],
    ['with markup', error('<p>Not <b class="x">here</b><script>'), '“Not here”'],
  ])('%s', (_, body, words) => {
    expect(refused(400, body).message).toContain(words)
  })

  test('of a page is its title', () => {
    const page = '<!DOCTYPE html><html><head><title>Bad gateway | edge</title></head><body><h1>502</h1></body></html>'
    expect(refused(502, page, { 'content-type': 'text/html; charset=utf-8' }).message).toBe(
      'OpenRouter cannot answer at the moment. OpenRouter said: “HTTP 502 (text/html), Bad gateway | edge”.',
    )
  })

  test('of an empty body is the status', () => {
    expect(refused(503, '').message).toContain('“HTTP 503 (application/json)”')
  })

  test('is cut to a readable length, never within a character', () => {
    const { message } = refused(400, error('👩'.repeat(5000)))
    expect(message.length).toBeLessThan(500)
    expect(message.isWellFormed()).toBe(true)
    expect(message).toContain('…')
  })

  test.each([
    `Incorrect key ${KEY}, sorry`,
    `Authorization: Bearer ${KEY} is bad`,
    'Key sk-or-v1-0a1b2c3d4e5f is not yours',
    'Key sk-or-v1-0a1...e5f is not yours',
  ])('never holds a key: %s', message => {
    const told = refused(401, error('Hm', { metadata: { raw: message, provider_name: KEY } })).message
    expect(told).toContain('[key]')
    expect(told).not.toMatch(/0123|0a1/)
  })
})

describe('when to try again', () => {
  test.each<[string, object, Record<string, string>, number | null]>([
    ['nobody says', {}, {}, null],
    ['seconds in the header', {}, { 'retry-after': '12' }, 12],
    ['a date in the header', {}, { 'retry-after': new Date(NOW + 30_000).toUTCString() }, 30],
    ['a date gone by', {}, { 'retry-after': new Date(NOW - 30_000).toUTCString() }, 0],
    ['the header before all others', { availability: { retry_after: 40 } }, { 'retry-after': '3' }, 3],
    ['availability', { availability: { retry_after: 40 } }, {}, 40],
    ['metadata', { metadata: { retry_after: 2.2 } }, {}, 3],
    ['headers within metadata', { metadata: { headers: { 'X-RateLimit-Reset': String(NOW + 90_000) } } }, {}, 90],
    ['the end of the window in seconds', {}, { 'x-ratelimit-reset': String(NOW / 1000 + 5) }, 5],
    ['nonsense', { metadata: { headers: { 'bad name': 'x', 'retry-after': '\n' } } }, { 'retry-after': 'soon' }, null],
    ['a wait of years', {}, { 'retry-after': '99999999' }, null],
  ])('%s', (_, details, headers, seconds) => {
    expect(refused(429, error('slow', details), headers).retry_after).toBe(seconds)
  })

  test('is said in words', () => {
    expect(refused(429, error('slow'), { 'retry-after': '1' }).message).toEndWith('Try again in 1 second.')
    expect(refused(429, error('slow'), { 'retry-after': '600' }).message).toEndWith('Try again in 10 minutes.')
  })

  test('is no business of the window where no limit refused', () => {
    expect(refused(500, error('oh'), { 'x-ratelimit-reset': String(NOW + 5000) }).retry_after).toBeNull()
  })
})

test('a network that fails says how', () => {
  const words = (code: string) => failures.fromNetwork({ code }, false, 'llm.example:8080').message
  expect(words('ECONNREFUSED')).toContain('llm.example:8080: the connection was refused')
  expect(words('ENOTFOUND')).toContain('no such host')
  expect(words('DEPTH_ZERO_SELF_SIGNED_CERT')).toContain('certificate')
  expect(failures.fromNetwork({ code: 'ECONNRESET' }, true, 'x')).toMatchObject({ status: null, code: 'truncated' })
})
