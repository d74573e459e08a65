import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Locator } from 'playwright-core'
import { party } from '../support/party.ts'
import { startTestServer } from '../support/server.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()

/** A search engine and the pages that it finds. Each answers when the test lets it. */
let site: ReturnType<typeof Bun.serve>
let gates = new Map<string, PromiseWithResolvers<void>>()

const page = (path: string) => `http://127.0.0.1:${site.port}${path}`
function gate(path: string) {
  const known = gates.get(path) ?? Promise.withResolvers<void>()
  gates.set(path, known)
  return known
}

beforeAll(async () => {
  site = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      await gate(pathname).promise
      if (pathname === '/search') return Response.json({ results: ['/one', '/two'].map(found) })
      return new Response(`<title>Page ${pathname}</title><p>The text of ${pathname}, long enough to be read.</p>`, {
        headers: { 'content-type': 'text/html' },
      })
    },
  })
  await host.server.stop()
  host.server = await startTestServer({
    provider: host.provider,
    env: {
      SEARCH_PROVIDER: 'searxng',
      SEARXNG_URL: `http://127.0.0.1:${site.port}`,
      WEB_FETCH_ALLOW: `127.0.0.1:${site.port}`,
    },
  })
})
afterAll(async () => {
  await site.stop(true)
})
beforeEach(() => {
  gates = new Map()
})

const found = (path: string) => ({ title: `Found ${path}`, url: page(path), content: `About ${path}` })
const fetches = (path: string) => ({ id: `call_${path}`, name: 'web_fetch', arguments: { url: page(path) } })

/** Pieces that come when the test says so. */
function dictated() {
  const pieces: PromiseWithResolvers<string | null>[] = [Promise.withResolvers()]
  return {
    async *[Symbol.asyncIterator]() {
      for (let at = 0; ; at++) {
        const piece = await pieces[at]?.promise
        if (piece === null || piece === undefined) return
        yield piece
      }
    },
    say(piece: string | null) {
      pieces.at(-1)?.resolve(piece)
      pieces.push(Promise.withResolvers())
    },
  }
}

const lines = (row: Locator, tool: string, status: string) =>
  row.locator(`[data-tool="${tool}"][data-status="${status}"]`)

/** Waits until the reply with these words shows exactly these tools. */
async function seesTools(visitor: Visitor, words: string, wanted: string[]) {
  await visitor.until(
    ([words, wanted]) => {
      const row = [...document.querySelectorAll('article')].find(article => article.textContent?.includes(words))
      const shown = [...(row?.querySelectorAll<HTMLElement>('[data-tool]') ?? [])]
      return shown.map(({ dataset }) => `${dataset.tool} ${dataset.status}`).join() === wanted
    },
    [words, wanted.join()] as const,
  )
}

/** The one row of these words, once it stands like this. */
async function rests(visitor: Visitor, words: string, status: string): Promise<Locator> {
  await visitor.log.locator(`article[data-status="${status}"]`, { hasText: words }).first().waitFor()
  return visitor.sees(words)
}

describe('on the way to an answer', () => {
  test('everybody sees each step, whoever reloads or comes in the middle too', async () => {
    const { ada, grace } = await host.twoIn('research', ['Ada', 'Grace'])
    const dictation = dictated()
    host.provider.next(
      { text: 'Let me look.', toolCalls: [{ id: 's', name: 'web_search', arguments: { query: 'keep alive' } }] },
      { text: [], toolCalls: [fetches('/one'), fetches('/two')] },
      { text: dictation },
    )
    await ada.says('@assistant what is known about it?')
    for (const visitor of [ada, grace]) await seesTools(visitor, 'Let me look.', ['web_search running'])

    gate('/search').resolve()
    const reading = ['web_search done', 'web_fetch running', 'web_fetch running']
    for (const visitor of [ada, grace]) await seesTools(visitor, 'Let me look.', reading)
    await grace.page.reload()
    await seesTools(grace, 'Let me look.', reading)
    const { visitor: carl } = await host.member('Carl')
    await carl.opens('/')
    await carl.joinsRoom('research')
    await seesTools(carl, 'Let me look.', reading)

    const everybody = [ada, grace, carl]
    gate('/two').resolve()
    for (const visitor of everybody)
      await seesTools(visitor, 'Let me look.', ['web_search done', 'web_fetch running', 'web_fetch done'])
    gate('/one').resolve()
    const all = ['web_search done', 'web_fetch done', 'web_fetch done']
    for (const visitor of everybody) await seesTools(visitor, 'Let me look.', all)

    dictation.say(`It is known to [one](${page('/one')}) `)
    for (const visitor of everybody) await visitor.sees('It is known to one')
    await ada.page.reload()
    await ada.sees('It is known to one')
    await seesTools(ada, 'Let me look.', all)
    dictation.say(`and to [two](${page('/two')}).`)
    dictation.say(null)

    const shown = await Promise.all(
      everybody.map(async visitor => {
        const row = await rests(visitor, 'It is known to one and to two.', 'complete')
        expect(await row.getByRole('link', { name: 'two', exact: true }).getAttribute('href')).toBe(page('/two'))
        return row.locator('[data-tool]').allInnerTexts()
      }),
    )
    expect(shown[0]?.[0]).toContain('keep alive')
    expect(shown[1]).toEqual(shown[0] ?? [])
    expect(shown[2]).toEqual(shown[0] ?? [])
    const row = await grace.sees('It is known to one and to two.')
    await lines(row, 'web_search', 'done').locator('summary').click()
    expect(await row.getByRole('link', { name: 'Found /one' }).getAttribute('href')).toBe(page('/one'))
    await lines(row, 'web_fetch', 'done').last().locator('summary').click()
    await row.getByText('The text of /two').waitFor()
  })

  test('a tool that fails says why in front of everybody, and the answer goes on', async () => {
    const { ada, grace } = await host.twoIn('failing-tool', ['Fay', 'Gil'])
    host.provider.next(
      { text: [], toolCalls: [{ id: 'bad', name: 'web_fetch', arguments: { url: 'ftp://example.org/' } }] },
      { text: 'I could not read it.' },
    )
    await ada.says('@assistant read that')
    for (const visitor of [ada, grace]) {
      const row = await rests(visitor, 'I could not read it.', 'complete')
      await lines(row, 'web_fetch', 'error').getByText('Only http and https addresses are opened').waitFor()
    }
  })
})

describe('Stop', () => {
  test('by its button or by Esc keeps the text and says who it was', async () => {
    const { ada, grace } = await host.twoIn('stopping', ['Sue', 'Tom'])
    for (const way of ['button', 'Esc'] as const) {
      const dictation = dictated()
      host.provider.next({ text: dictation })
      await ada.says(`@assistant tell it by ${way}`)
      dictation.say(`Once upon a time by ${way} `)
      const mine = await ada.sees(`Once upon a time by ${way}`)
      const theirs = await grace.sees(`Once upon a time by ${way}`)
      // Whoever did not ask and does not keep the room may not.
      expect(await theirs.getByRole('button', { name: 'Stop' }).count()).toBe(0)
      const aborted = host.provider.nextAbort()
      if (way === 'button') await mine.getByRole('button', { name: 'Stop' }).click()
      else await ada.composer.press('Escape')
      await aborted
      for (const visitor of [ada, grace]) {
        const row = await rests(visitor, `Once upon a time by ${way}`, 'stopped')
        expect(await row.innerText()).toMatch(/Stopped by Sue at [\d<]/)
        expect(await row.getByRole('button', { name: 'Stop' }).count()).toBe(0)
      }
    }
    host.provider.next({ text: 'Here I am.' })
    await ada.says('@assistant are you there?')
    for (const visitor of [ada, grace]) await rests(visitor, 'Here I am.', 'complete')
  })

  test('by Esc is none while something is written in the composer', async () => {
    const { ada } = await host.twoIn('writing', ['Una', 'Vic'])
    const dictation = dictated()
    host.provider.next({ text: dictation })
    await ada.says('@assistant go on')
    dictation.say('And so it ')
    await ada.sees('And so it')
    await ada.composer.fill('half a sentence')
    await ada.composer.press('Escape')
    dictation.say('ended.')
    dictation.say(null)
    await rests(ada, 'And so it ended.', 'complete')
    expect(await ada.composer.inputValue()).toBe('half a sentence')
  })

  test('ends a tool that is running', async () => {
    const { ada, grace } = await host.twoIn('cutting', ['Wes', 'Xia'])
    host.provider.next({ text: 'Let me read.', toolCalls: [fetches('/never')] })
    await ada.says('@assistant read it')
    for (const visitor of [ada, grace]) await seesTools(visitor, 'Let me read.', ['web_fetch running'])
    await ada.rows('Let me read.').getByRole('button', { name: 'Stop' }).click()
    for (const visitor of [ada, grace]) {
      const row = await rests(visitor, 'Let me read.', 'stopped')
      await lines(row, 'web_fetch', 'error').getByText('Cut short.').waitFor()
    }
  })
})

describe('asking again', () => {
  test('shows the second answer of two to both, and either chooses for all', async () => {
    const { ada, grace } = await host.twoIn('versions', ['Ann', 'Bea'])
    host.provider.next({ text: 'The first answer.' }, { text: 'The second answer.' })
    await ada.says('@assistant well?')
    for (const visitor of [ada, grace]) await rests(visitor, 'The first answer.', 'complete')
    await (await ada.sees('The first answer.')).getByRole('button', { name: 'Ask again', exact: true }).click()
    for (const visitor of [ada, grace]) {
      const row = await rests(visitor, 'The second answer.', 'complete')
      await row.getByText('2/2', { exact: true }).waitFor()
      expect(await visitor.rows('The first answer.').count()).toBe(0)
    }
    await (await grace.sees('The second answer.')).getByRole('button', { name: 'Earlier version' }).click()
    for (const visitor of [ada, grace]) {
      const row = await rests(visitor, 'The first answer.', 'complete')
      await row.getByText('1/2', { exact: true }).waitFor()
      expect(await visitor.rows('The second answer.').count()).toBe(0)
    }
    await ada.page.reload()
    await (await ada.sees('The first answer.')).getByText('1/2', { exact: true }).waitFor()
  })

  test('by Retry replaces an error by an answer, in front of both', async () => {
    const { ada, grace } = await host.twoIn('retry', ['Cat', 'Dee'])
    const refuse = { status: 402, body: { error: { code: 402, message: 'This request requires more credits' } } }
    host.provider.next({ refuse }, { text: 'Now it works.' })
    await ada.says('@assistant hello?')
    for (const visitor of [ada, grace]) await rests(visitor, 'This request requires more credits', 'error')
    await (await grace.sees('This request requires more credits')).getByRole('button', { name: 'Retry' }).click()
    for (const visitor of [ada, grace]) {
      const row = await rests(visitor, 'Now it works.', 'complete')
      await row.getByText('2/2', { exact: true }).waitFor()
      await row.getByText('asked by Dee').waitFor()
      expect(await visitor.rows('This request requires more credits').count()).toBe(0)
    }
  })
})
