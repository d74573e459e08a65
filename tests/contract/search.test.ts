import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { addressOf } from '../../src/server/agents/tools/search/ask.ts'
import { brave } from '../../src/server/agents/tools/search/brave.ts'
import type { SearchEngine } from '../../src/server/agents/tools/search/engine.ts'
import { openSearch } from '../../src/server/agents/tools/search/open.ts'
import { CLOCK, type Clock } from '../../src/server/agents/tools/search/queue.ts'
import { searxng } from '../../src/server/agents/tools/search/searxng.ts'
import { tavily } from '../../src/server/agents/tools/search/tavily.ts'
import { createWebSearch } from '../../src/server/agents/tools/search/web-search.ts'
import { type Tool, ToolFailure } from '../../src/server/agents/tools/tool.ts'
import { type Refusal, startFakeSearch, type Wire } from '../support/fake-search.ts'

const KEY = 'BSA-never-say-this-4711'
const server = await startFakeSearch({ key: KEY })
beforeEach(server.reset)
afterAll(server.stop)

type Opening = { apiKey?: string; baseUrl?: string; timeoutMs?: number; clock?: Clock }
const ENGINES: Record<Wire, (opening?: Opening) => SearchEngine> = {
  brave: opening => brave({ apiKey: KEY, baseUrl: server.origin, clock: simulated(), ...opening }),
  tavily: opening => tavily({ apiKey: KEY, baseUrl: server.origin, ...opening }),
  // Its only secret is the password of a proxy in front of it.
  searxng: opening => searxng({ baseUrl: server.origin.replace('//', `//ada:${KEY}@`), ...opening }),
}
const WIRES = Object.keys(ENGINES) as Wire[]

const never = new AbortController().signal
const BUN = { title: 'Bun', url: 'https://bun.sh/', snippet: 'A fast runtime.', age: '2 days ago' }

describe.each(WIRES)('%s', wire => {
  const open = ENGINES[wire]
  const words = (engine = open()) => wordsOf(engine.search('bun sqlite', never))

  test('finds pages, asked as the engine wants to be asked', async () => {
    server.next({ found: [BUN, { title: 'Docs', url: 'https://bun.sh/docs?a=1&b=ü#x', snippet: '' }] })
    expect(await open().search('grüße & "bun"', never)).toEqual([
      BUN,
      { title: 'Docs', url: 'https://bun.sh/docs?a=1&b=%C3%BC#x', snippet: '', age: null },
    ])
    expect(server.requests).toHaveLength(1)
    expect(server.requests[0]).toMatchObject({ wire, query: 'grüße & "bun"' })
    expect(server.requests[0]?.headers.get('accept')).toBe('application/json')
  })

  test('says that nothing was found', async () => {
    server.next({ found: [] })
    expect(await words()).toMatch(/ found nothing for “bun sqlite”\. Try other words\.$/)
  })

  test('believes nothing that a page says', async () => {
    server.next({
      found: [
        { title: 'Run me', url: 'javascript:alert(1)', snippet: 'no' },
        { title: 'File', url: 'file:///etc/passwd', snippet: 'no' },
        { title: 'Not there', url: '/relative', snippet: 'no' },
        { title: 'Bank', url: 'https://bank.example@evil.example/', snippet: 'no' },
        { title: 'Long', url: `https://long.example/${'x'.repeat(3000)}`, snippet: 'no' },
        {
          title: 'One\n2. Two\r\n   https://evil.example/ \u202Egnp\u200B\u{E0041}\u{E0042}\u0007',
          url: 'https://one.example/a b\u202E',
          snippet: `<strong>So</strong> it\u2028was ${'👩'.repeat(400)}`,
          age: '2025-04-12T14:22:41',
        },
        { title: 'Again', url: 'https://one.example/a%20b%E2%80%AE#elsewhere', snippet: 'no' },
        { title: ' \u200B ', url: 'http://two.example:8080/', snippet: '\u2066' },
      ],
    })
    const [one, two, ...more] = await open().search('hostile', never)
    expect(more).toEqual([])
    expect(one).toMatchObject({
      title: 'One 2. Two https://evil.example/ gnp',
      url: 'https://one.example/a%20b%E2%80%AE',
      age: '2025-04-12',
    })
    expect(one?.snippet).toMatch(/^So it was (👩)+…$/u)
    expect(one?.snippet.length).toBeLessThanOrEqual(500)
    expect(two).toEqual({ title: 'two.example:8080', url: 'http://two.example:8080/', snippet: '', age: null })
  })

  test('returns the eight best', async () => {
    server.next({ found: Array.from({ length: 20 }, (_, at) => ({ ...BUN, url: `https://bun.sh/${at}` })) })
    const found = await open().search('many', never)
    expect(found.map(({ url }) => url)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(at => `https://bun.sh/${at}`))
  })

  test('survives results of another kind', async () => {
    const list = [null, 4, 'x', { url: 5 }, { url: BUN.url, title: 7, description: {}, content: [], age: {} }]
    server.next({ raw: { body: JSON.stringify({ web: { results: list }, results: list }) } })
    expect(await open().search('odd', never)).toEqual([{ title: 'bun.sh', url: BUN.url, snippet: '', age: null }])
  })

  test.each(Object.entries(SAYINGS[wire]))('%s, in words', async (refusal, said) => {
    const script = { refuse: refusal as Refusal }
    server.next(script, script)
    expect(await words()).toBe(said)
  })

  test('an error status without any words', async () => {
    server.next({ raw: { status: 502, body: '' } })
    expect(await words()).toMatch(/^[\w ]+ cannot answer at the moment \(HTTP 502\)\.$/)
  })

  test('a web page in place of results', async () => {
    server.next({ raw: { headers: { 'Content-Type': 'text/html' }, body: '\n<!doctype html><title>Sign in</title>' } })
    expect(await words()).toMatch(
      /a web page in place of results\. An administrator should check [A-Z]+_(BASE_)?URL\.$/,
    )
  })

  test.each(['{"web":', '[]', '', 'ok', '['.repeat(500_000)])('malformed: %.10s', async body => {
    server.next({ raw: { headers: { 'Content-Type': 'application/json' }, body } })
    expect(await words()).toMatch(/ sent an answer that cannot be read\.$/)
  })

  test('an answer that is too large', async () => {
    server.next({ raw: { body: JSON.stringify({ web: 'x'.repeat(2_000_000) }) } })
    expect(await words()).toMatch(/ sent an answer that is too large to read\.$/)
  })

  test('an answer that is too large once unpacked', async () => {
    const packed = Bun.gzipSync(Buffer.alloc(50_000_000, ' '))
    const bomb = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () => new Response(packed, { headers: { 'Content-Encoding': 'gzip' } }),
    })
    expect(await words(open({ baseUrl: bomb.url.origin }))).toMatch(/ too large to read\.$/)
    await bomb.stop(true)
  })

  test('an answer that breaks off', async () => {
    server.next({ found: [BUN], cutAt: 40 })
    expect(await words()).toMatch(/^The connection to [\w ]+ broke off before the answer was finished\.$/)
  })

  test('an answer that does not come', async () => {
    const given = server.nextAbort()
    server.next({ silent: true })
    expect(await words(open({ timeoutMs: 40 }))).toMatch(/ did not answer within 1 second\.$/)
    expect(await given).toMatchObject({ wire })
  })

  test('a server that is not there', async () => {
    expect(await words(open({ baseUrl: 'http://127.0.0.1:1' }))).toMatch(
      / could not be reached\. The network said: “127\.0\.0\.1:1: the connection was refused”\.$/,
    )
  })

  test('follows no redirect: the key stays where it was meant for', async () => {
    const seen: Request[] = []
    const other = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: request => Response.json(seen.push(request)) })
    server.next({ raw: { status: 307, headers: { Location: `${other.url.origin}/search?q=1` }, body: '' } })
    expect(await words()).toContain(` redirects to ${other.url.host}, which is not followed.`)
    expect(seen).toEqual([])
    await other.stop(true)
  })

  test('an abort reaches the server and comes back as it was given', async () => {
    const stop = new AbortController()
    const reason = new Error('Stopped by Ada')
    server.next({ silent: true })
    const [asked, given] = [server.nextRequest(), server.nextAbort()]
    const search = open().search('slow', stop.signal)
    search.catch(() => {})
    await asked
    stop.abort(reason)
    expect(await search.catch(error => error)).toBe(reason)
    expect(await given).toMatchObject({ wire, query: 'slow' })
  })

  test('after an abort nothing is sent', async () => {
    const reason = new Error('Stopped')
    expect(
      await open()
        .search('late', AbortSignal.abort(reason))
        .catch(error => error),
    ).toBe(reason)
    expect(server.requests).toHaveLength(0)
  })

  test('never says the key', async () => {
    for (const refuse of ['bad key', 'rate limited', 'quota', 'broken'] as const) {
      const script = { refuse, saying: `The key ${KEY} is wrong, ${KEY}!` }
      server.next(script, script)
      expect(await words()).not.toContain(KEY)
    }
    server.next({ raw: { status: 500, body: `Bad header: ${KEY}` } })
    expect(await words()).not.toContain(KEY)
  })

  test('takes an address with a path, its own or that of the engine', async () => {
    const paths = { brave: '/res/v1/web/search', tavily: '/search', searxng: '/search' }
    for (const base of ['/', paths[wire], `${paths[wire]}/`]) {
      server.next({ found: [BUN] })
      expect(await open({ baseUrl: server.origin + base }).search('path', never)).toHaveLength(1)
    }
    expect(server.requests.map(({ url }) => url.pathname)).toEqual(Array(3).fill(paths[wire]))
  })
})

test('an address may end in a part of the path', () => {
  const address = (base: string) => addressOf(base, '/res/v1/web/search').href
  expect(address('https://proxy.example/brave/res/v1/?x#y')).toBe('https://proxy.example/brave/res/v1/web/search')
  expect(address('https://proxy.example/research')).toBe('https://proxy.example/research/res/v1/web/search')
})

describe('brave alone', () => {
  test('asks without decorations, for more than it shows, and at most fifty words', async () => {
    server.next({ found: [BUN] })
    await ENGINES.brave().search('word '.repeat(60), never)
    const { url, headers } = server.requests[0] ?? expect.unreachable()
    expect(Object.fromEntries(url.searchParams)).toEqual({
      q: 'word '.repeat(50).trim(),
      count: '16',
      text_decorations: 'false',
    })
    expect(headers.get('x-subscription-token')).toBe(KEY)
  })

  test('reads entities once, and no hidden characters by that way', async () => {
    const snippet =
      'It&#x27;s &quot;&amp;lt;b&amp;gt;&quot; &lt;script&gt; &#8238;x&#8203;&#xE0041; &nbsp;&unknown; &#x110000;'
    server.next({ found: [{ ...BUN, title: 'Tom &amp; Jerry', snippet }] })
    expect(await ENGINES.brave().search('entities', never)).toMatchObject([
      { title: 'Tom & Jerry', snippet: 'It\'s "&lt;b&gt;" <script> x &unknown; &#x110000;' },
    ])
  })

  test('sends parallel searches one a second, in their order', async () => {
    const clock = simulated()
    const engine = ENGINES.brave({ clock })
    const queries = ['one', 'two', 'three', 'four', 'five']
    server.next(...queries.map(() => ({ found: [BUN] })))
    await Promise.all(queries.map(query => engine.search(query, never)))
    expect(server.requests.map(({ query }) => query)).toEqual(queries)
    expect(clock.slept).toEqual([1100, 1100, 1100, 1100])
    expect(clock.sentBefore).toEqual([1, 2, 3, 4])
  })

  test('whoever gives up in the queue goes at once, costs nobody a turn and lets nobody pass', async () => {
    const second = Promise.withResolvers<void>()
    const clock = simulated(second.promise)
    const engine = ENGINES.brave({ clock })
    const stop = new AbortController()
    server.next({ found: [BUN] }, { found: [BUN] }, { found: [BUN] })
    const patient = ['first', 'second'].map(query => engine.search(query, never))
    const third = wordsOf(engine.search('third', stop.signal))
    patient.push(engine.search('fourth', never))
    stop.abort(new ToolFailure('gave up'))
    expect(await third).toBe('gave up')
    second.resolve()
    await Promise.all(patient)
    expect(server.requests.map(({ query }) => query)).toEqual(['first', 'second', 'fourth'])
    expect(clock.slept).toEqual([1100, 1100])
    expect(clock.sleeping.most).toBe(1)
  })

  test('whoever gives up while it is about to be its turn goes at once', async () => {
    const engine = ENGINES.brave({ clock: CLOCK })
    const stop = new AbortController()
    server.next({ found: [BUN] })
    await engine.search('first', never)
    const second = wordsOf(engine.search('second', stop.signal))
    setTimeout(() => stop.abort(new ToolFailure('gave up')), 10)
    const begun = performance.now()
    expect(await second).toBe('gave up')
    expect(performance.now() - begun).toBeLessThan(900)
    expect(server.requests).toHaveLength(1)
  })

  test('tries once more when the second is over that Brave counts', async () => {
    const clock = simulated()
    server.next({ refuse: 'rate limited' }, { found: [BUN] })
    expect(await ENGINES.brave({ clock }).search('again', never)).toEqual([BUN])
    expect(clock.slept).toEqual([2000])
  })

  test('tries no second time after a quota, after a long wait, or after two refusals', async () => {
    const clock = simulated()
    server.next({ refuse: 'quota' })
    await wordsOf(ENGINES.brave({ clock }).search('quota', never))
    const body = JSON.stringify({ error: { code: 'RATE_LIMITED', detail: 'Later' } })
    server.next({ raw: { status: 429, headers: { 'X-RateLimit-Reset': '90, 1000' }, body } })
    expect(await wordsOf(ENGINES.brave({ clock }).search('long', never))).toEndWith('Try again in 2 minutes.')
    expect(clock.slept).toEqual([])
    server.next({ refuse: 'rate limited' }, { refuse: 'rate limited' }, { found: [BUN] })
    await wordsOf(ENGINES.brave({ clock }).search('twice', never))
    expect(server.requests).toHaveLength(4)
  })

  test('a key that cannot be sent is a bad key, and not repeated', async () => {
    const said = await wordsOf(ENGINES.brave({ apiKey: 'ké\ny…' }).search('key', never))
    expect(said).toBe('Brave Search refused the API key. An administrator should check BRAVE_API_KEY.')
  })
})

test('Tavily: the other limits, and what is wrong with a search', async () => {
  const says = (error: string) => JSON.stringify({ detail: { error } })
  server.next({ raw: { status: 433, body: says('Pay more') } }, { raw: { status: 400, body: says('No such topic') } })
  const engine = ENGINES.tavily()
  expect(await wordsOf(engine.search('paid', never))).toMatch(/ used up\. .* Tavily said: “Pay more”\.$/)
  expect(await wordsOf(engine.search('wrong', never))).toMatch(/\(HTTP 400\)\. Tavily said: “No such topic”\.$/)
  expect(server.requests[0]?.headers.get('authorization')).toBe(`Bearer ${KEY}`)
})

test('SearXNG: names the sources that did not answer, sends the password of its address and keeps it to itself', async () => {
  const address = new URL(server.origin)
  Object.assign(address, { username: 'ada', password: 'p%w/1' })
  server.next(
    {
      unresponsive: [
        ['google', 'Suspended: CAPTCHA'],
        ['bing', 'timeout'],
      ],
    },
    { raw: { status: 500, body: 'p%w/1' } },
    { raw: { status: 401, body: '' } },
  )
  const engine = ENGINES.searxng({ baseUrl: address.href })
  expect(await wordsOf(engine.search('x', never))).toEndWith(
    ' Of its sources these did not answer: google (Suspended: CAPTCHA), bing (timeout).',
  )
  expect(server.requests[0]?.headers.get('authorization')).toBe(`Basic ${btoa('ada:p%w/1')}`)
  expect(await wordsOf(engine.search('x', never))).not.toContain('p%w/1')
  expect(await wordsOf(engine.search('x', never))).toBe(
    'SearXNG asks for a password. An administrator should check SEARXNG_URL.',
  )
})

describe('the tool', () => {
  const context = { signal: never, mayOpen: () => false }
  const config = { braveKey: KEY, tavilyKey: ` ${KEY}\n`, searxngUrl: server.origin }
  const hosts = { braveBaseUrl: server.origin, tavilyBaseUrl: server.origin }

  test('is there when the administrator has chosen an engine', async () => {
    for (const provider of WIRES) {
      server.next({ found: [BUN] })
      const tool: Tool | null = openSearch({ provider, ...config, ...hosts })
      expect(await tool?.run({ query: 'bun' }, context)).toMatchObject({ urls: [BUN.url] })
    }
    expect(server.requests.map(({ wire }) => wire)).toEqual(WIRES)
    expect(openSearch({ provider: null, ...config, ...hosts })).toBeNull()
  })

  test('says what it is doing and refuses what is no query', () => {
    const tool = createWebSearch(ENGINES.tavily())
    expect(tool).toMatchObject({ name: 'web_search', state: 'searching' })
    expect(tool.target({ query: 'bun\u202E\n sqlite' })).toBe('“bun sqlite”')
    expect(tool.arguments.safeParse({ query: 'x'.repeat(400) }).success).toBe(true)
    for (const wrong of [{}, { query: ' ' }, { query: 'x'.repeat(401) }, { query: 3 }])
      expect(tool.arguments.safeParse(wrong).success).toBe(false)
  })

  test('writes a list that people read and the page reads back, whatever stands in it', async () => {
    const found = [
      BUN,
      { title: '2. Not the second', url: 'https://a.example/(x)', snippet: '3. Nor the third\n\n4. Nor this' },
      { title: 'Bare', url: 'https://b.example/', snippet: '' },
    ]
    server.next({ found })
    const { text, urls } = await createWebSearch(ENGINES.searxng()).run({ query: 'list' }, context)
    expect(text).toBe(
      [
        '1. Bun\n   https://bun.sh/ (2 days ago)\n   A fast runtime.',
        '2. 2. Not the second\n   https://a.example/(x)\n   3. Nor the third 4. Nor this',
        '3. Bare\n   https://b.example/',
      ].join('\n\n'),
    )
    const read = [...text.matchAll(/^(\d+)\. (.+)\n {3}(\S+)(?: \((.+)\))?(?:\n {3}(.+))?$/gm)].map(match =>
      match.slice(1),
    )
    expect(read).toEqual([
      ['1', 'Bun', 'https://bun.sh/', '2 days ago', 'A fast runtime.'],
      ['2', '2. Not the second', 'https://a.example/(x)', undefined, '3. Nor the third 4. Nor this'],
      ['3', 'Bare', 'https://b.example/', undefined, undefined],
    ] as string[][])
    expect(urls).toEqual(found.map(({ url }) => url))
  })
})

const recorded = join(process.env.PROVIDER_STREAMS ?? '', 'search')
describe.skipIf(!process.env.PROVIDER_STREAMS)('recorded answers (skipped without PROVIDER_STREAMS)', () => {
  const names = process.env.PROVIDER_STREAMS ? readdirSync(recorded).filter(name => name.endsWith('.json')) : []

  test('are there', () => expect(names.length).toBeGreaterThan(0))

  test.each(names)('%s', async name => {
    const wire = WIRES.find(one => name.startsWith(one)) ?? expect.unreachable(`whose answer is ${name}?`)
    const status = Number(/-([2-5]\d\d)\b/.exec(name)?.[1] ?? (name.includes('error') ? 400 : 200))
    const raw = {
      status,
      headers: { 'Content-Type': 'application/json' },
      body: readFileSync(join(recorded, name), 'utf8'),
    }
    server.next({ raw }, { raw })
    const found = await ENGINES[wire]()
      .search('recorded', never)
      .catch(error => error)
    const expected = RECORDED[name]
    if (found instanceof Error) {
      expect(found).toBeInstanceOf(ToolFailure)
      expect(found.message).toMatch(
        expected instanceof RegExp ? expected : /^(Brave Search|Tavily|SearXNG|The) .+[.”]$/,
      )
      expect(found.message).not.toMatch(/[{}[\]]|undefined|null|object/)
    } else {
      expect(found[0]).toMatchObject(expected instanceof RegExp ? expect.unreachable(name) : (expected ?? {}))
    }
    // A first refusal for the sake of the rate is tried once more, everything else never.
    expect(server.requests).toHaveLength(name === 'brave-429-real.json' ? 2 : 1)
  })
})

/** Of files that are known by name; of others it is enough that they bring results or a sentence. */
const RECORDED: Record<string, RegExp | object> = {
  'brave-200.json': {
    title: 'Top Python Web Frameworks',
    url: 'https://example.com/python-frameworks',
    snippet: 'A comprehensive guide to Python web frameworks...',
    age: '2 days ago',
  },
  'brave-200-no-web.json': /^Brave Search found nothing/,
  'brave-llm-context-200.json': /^Brave Search found nothing/,
  'brave-422-bad-token.json': /^Brave Search refused the API key/,
  'brave-429-quota-docs.json': /used up/,
  'brave-429-real.json': /no more searches at the moment\. .+ Try again in 1 second\.$/,
  'searxng-200.json': { url: 'https://docs.searxng.org/', snippet: 'Search without being tracked.', age: null },
  'searxng-error.json': /\(HTTP 400\)\. SearXNG said: “No query”\.$/,
  'tavily-400.json': /\(HTTP 400\)\. Tavily said: “Invalid topic/,
  'tavily-401.json': /^Tavily refused the API key/,
  'tavily-429.json': /^Tavily allows no more searches/,
  'tavily-432.json': /used up/,
  'tavily-433.json': /used up/,
  'tavily-keyless-limit-UNVERIFIED.json': /Tavily said: “Keyless limit reached\.”$/,
  'tavily-search-200.json': { url: 'https://www.britannica.com/facts/Lionel-Messi', age: null },
  'tavily-usage-200.json': /cannot be read/,
}

const JSON_OFF =
  'SearXNG does not answer in JSON. An administrator has to switch it on in its settings.yml: `search.formats: [html, json]`. SearXNG said: “Forbidden”.'
const SAYINGS: Record<Wire, Partial<Record<Refusal, string>>> = {
  brave: {
    'bad key':
      'Brave Search refused the API key. An administrator should check BRAVE_API_KEY. Brave Search said: “This token is not one of ours.”',
    'rate limited':
      'Brave Search allows no more searches at the moment. Brave Search said: “Too many requests for the plan”. Try again in 2 seconds.',
    quota:
      'The searches that the plan at Brave Search includes are used up. An administrator can extend it there. Brave Search said: “The quota of the plan is reached.”',
    broken: 'Brave Search cannot answer at the moment (HTTP 500). Brave Search said: “Something broke.”',
  },
  tavily: {
    'bad key':
      'Tavily refused the API key. An administrator should check TAVILY_API_KEY. Tavily said: “Unauthorized: this key is not valid.”',
    'rate limited':
      'Tavily allows no more searches at the moment. Tavily said: “Too many requests.” Try again in 2 seconds.',
    quota:
      'The searches that the plan at Tavily includes are used up. An administrator can extend it there. Tavily said: “The limit of your plan is reached.”',
    broken: 'Tavily cannot answer at the moment (HTTP 500). Tavily said: “Something broke.”',
  },
  searxng: {
    'bad key': JSON_OFF,
    'rate limited':
      'The limiter of SearXNG holds off this server. An administrator can let its address pass in SearXNG’s limiter.toml. Try again in 2 seconds.',
    broken: 'SearXNG cannot answer at the moment (HTTP 500). SearXNG said: “Internal Server Error”.',
  },
}

/** Time that passes when somebody sleeps, and only then; not before `until`, nor before what was sent has arrived. */
function simulated(until: Promise<void> = Promise.resolve()) {
  let now = 0
  const slept: number[] = []
  const sentBefore: number[] = []
  const sleeping = { now: 0, most: 0 }
  return {
    /** The sleeps in milliseconds, and how many searches had arrived before each. */
    slept,
    sentBefore,
    /** How many sleep at once. */
    sleeping,
    now: () => now,
    async sleep(ms: number) {
      sleeping.most = Math.max(sleeping.most, ++sleeping.now)
      while (server.requests.length <= slept.length) await server.nextRequest()
      sentBefore.push(server.requests.length)
      slept.push(ms)
      await until
      sleeping.now--
      now += ms
    },
  }
}

/** What a search that fails says to model and people. */
async function wordsOf(search: Promise<unknown>): Promise<string> {
  const error: unknown = await search.then(
    () => new Error('it succeeded'),
    reason => reason,
  )
  expect(error).toBeInstanceOf(ToolFailure)
  expect((error as ToolFailure).message).not.toContain(KEY)
  return (error as ToolFailure).message
}
