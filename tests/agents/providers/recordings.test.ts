import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFailures } from '../../../src/server/agents/providers/failures.ts'
import type { Completion } from '../../../src/server/agents/providers/provider.ts'
import { type Heard, readCut, readSliced, SLICINGS } from './reading.ts'

/** A folder of recorded streams and error bodies of real servers, which are other people's and not ours to hand on. */
const folder = process.env.PROVIDER_STREAMS ?? ''

type Expected = {
  text: string
  reasoning: string
  tools: { name: string; args: string; id: string }[]
  finish: string | null
  err: unknown
  pt: number | null
  ct: number | null
  cost: number | null
  ann: number
  imgs: number
}

const CONSTRUCTED = {
  'cx-01-ollama-index-always-zero.sse': {
    text: '',
    tools: ['add{"a":2,"b":3}', 'multiply{"a":2,"b":3}'],
    finish_reason: 'tool_calls',
    code: null,
  },
  'cx-02-docs-midstream-error.sse': { text: 'Hello', tools: [], finish_reason: 'error', code: 'rate_limited' },
  'cx-06-truncated-no-finish-no-done.sse': {
    text: 'Half an ans',
    tools: [],
    finish_reason: null,
    code: 'truncated',
  },
  'cx-07-finish-reason-error-native.sse': { text: '', tools: [], finish_reason: 'stop', code: 'provider_error' },
  'cx-08-crlf-multiline-data.sse': { text: 'multi-line ok', tools: [], finish_reason: 'stop', code: null },
  'cx-11-llamacpp-2025-error-field.sse': { text: '', tools: [], finish_reason: null, code: 'context_length' },
  'cx-12-lmstudio-midstream-error.sse': { text: 'Hel', tools: [], finish_reason: null, code: 'provider_error' },
  'cx-14-ping-empty-data-no-trailing-blank.sse': { text: 'ok end', tools: [], finish_reason: 'stop', code: null },
}

/** Status, our word for it, something of what is said, seconds to wait. */
const BODIES: Record<string, [number, string, string, number | null]> = {
  'or-13-http-429-upstream.json': [429, 'rate_limited', 'Google said: “google/gemini-2.0-flash-exp:free is', null],
  'or-14-http-401.json': [401, 'unauthorized', 'Missing Authentication header', null],
  'or-15-http-400-context-length.json': [400, 'context_length', '200000 tokens', null],
  'ol-05-http-401.json': [401, 'unauthorized', 'Unauthorized', null],
  'ol-06-http-400-context.json': [400, 'context_length', 'exceeded max context length', null],
  'constructed/cx-10-http-502-cloudflare.html': [502, 'unavailable', 'Worker exceeded resource limits', null],
  'constructed/http-400-docs-model-not-found.json': [400, 'model_not_found', 'acme/fake-1.0', null],
  'constructed/http-400-llamacpp-context.json': [400, 'context_length', '4390 tokens', null],
  'constructed/http-400-lmstudio-error-is-string.json': [400, 'invalid_request', 'The model has crashed', null],
  'constructed/http-402-credits.json': [402, 'credits', 'can only afford 27342', null],
  'constructed/http-403-docs-guardrail.json': [403, 'content_policy', 'prompt injection', null],
  'constructed/http-404-no-tool-endpoints.json': [404, 'no_tools', 'support tool use', null],
  'constructed/http-408-docs.json': [408, 'timeout', 'Operation timed out', null],
  'constructed/http-413-docs.json': [413, 'too_large', 'payload too large', null],
  'constructed/http-429-docs-capacity.json': [429, 'rate_limited', 'Try again in 40 seconds.', 40],
  'constructed/http-429-docs.json': [429, 'rate_limited', 'Rate limit exceeded', null],
  'constructed/http-429-free-daily.json': [429, 'rate_limited', 'free-models-per-day', 3600],
  'constructed/http-429-upstream-2026-09.json': [429, 'rate_limited', 'BaseTen said', null],
  'constructed/http-502-docs.json': [502, 'unavailable', 'Provider returned error', null],
  'constructed/http-503-docs.json': [503, 'unavailable', 'Service temporarily unavailable', null],
}

describe.skipIf(!folder)('recorded streams (skipped without PROVIDER_STREAMS)', () => {
  const expected: Record<string, Expected> = folder ? json('expected.json') : {}
  const splits: Record<string, number[]> = folder ? json('split-points.json') : {}

  for (const [name, wanted] of Object.entries(expected)) {
    for (const size of SLICINGS) {
      test(`${name}, ${size === null ? 'whole' : `${size} at a time`}`, () =>
        check(readSliced(read(name), size), wanted))
    }
    const cuts = splits[name] ?? []
    if (cuts.length > 0) test(`${name}, cut within characters`, () => check(readCut(read(name), cuts), wanted))
  }

  for (const [name, wanted] of Object.entries(CONSTRUCTED)) {
    for (const size of SLICINGS) {
      test(`${name}, ${size === null ? 'whole' : `${size} at a time`}`, () => {
        const { text, tool_calls, finish_reason, error } = readSliced(read(`constructed/${name}`), size)
        const tools = tool_calls.map(call => `${call.name}${call.arguments}`)
        expect({ text, tools, finish_reason, code: error?.code ?? null }).toEqual(wanted)
      })
    }
  }

  test('every recorded stream is expected something of', () => {
    const streams = (path: string) =>
      (folder ? readdirSync(join(folder, path)) : []).filter(name => name.endsWith('.sse'))
    expect(streams('.').sort()).toEqual(Object.keys(expected).sort())
    expect(streams('constructed').sort()).toEqual(Object.keys(CONSTRUCTED).sort())
  })
})

describe.skipIf(!folder)('recorded error bodies (skipped without PROVIDER_STREAMS)', () => {
  for (const [path, [status, code, words, wait]] of Object.entries(BODIES)) {
    test(path, () => {
      const type = path.endsWith('.html') ? 'text/html' : 'application/json'
      const failure = createFailures('OpenRouter', null, () => Date.UTC(2026, 3, 28, 23)).fromResponse(
        status,
        new Headers({ 'content-type': type }),
        new TextDecoder().decode(read(path)),
      )
      expect(failure).toMatchObject({ status, code, retry_after: wait })
      expect(failure.message).toContain(words)
      expect(failure.message).not.toMatch(/[<>{}]/)
    })
  }
})

function check(heard: Heard, wanted: Expected) {
  expect(outcome(heard)).toEqual({ ...wanted, tools: wanted.tools })
  expect(heard.written).toBe(wanted.text)
  expect(heard.thought).toBe(wanted.reasoning)
}

function outcome(completion: Completion): Expected {
  return {
    text: completion.text,
    reasoning: completion.reasoning,
    tools: completion.tool_calls.map(({ name, arguments: args, id }) => ({ name, args, id })),
    finish: completion.finish_reason,
    err: completion.error,
    pt: completion.usage?.prompt_tokens ?? null,
    ct: completion.usage?.completion_tokens ?? null,
    cost: completion.usage?.cost_usd ?? null,
    ann: completion.citations.length,
    imgs: completion.images.length,
  }
}

function read(path: string): Uint8Array {
  return readFileSync(join(folder, path))
}

function json(path: string) {
  return JSON.parse(new TextDecoder().decode(read(path)))
}
