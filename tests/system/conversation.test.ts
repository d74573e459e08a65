import { describe, expect, test } from 'bun:test'
import { party } from '../support/party.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()

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

describe('two people and the assistant', () => {
  test('talk in a room; the answer grows in front of both and is still there after a reload and a restart', async () => {
    const { ada, grace } = await host.twoIn('lounge', ['Ada', 'Grace'])
    await ada.says('Hello **Grace**!')
    await grace.sees('Hello Grace!')
    await grace.says('Hello Ada!')
    await ada.sees('Hello Ada!')

    const dictation = dictated()
    host.provider.next({ text: dictation, usage: { prompt_tokens: 120, completion_tokens: 60, cost: 0.0021 } })
    await grace.says('@assistant show us some code')
    dictation.say('Here it **comes**:\n\n```ts\nconst answer = 42')
    for (const visitor of [ada, grace]) {
      const row = await visitor.sees('Here it comes:')
      expect(await row.getAttribute('data-status')).toBe('streaming')
      await row.locator('pre', { hasText: 'const answer = 42' }).waitFor()
    }
    dictation.say(' // the answer\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nThat is all.')
    dictation.say(null)

    const footer = async (visitor: Visitor) => {
      const row = visitor.rows('That is all.')
      await row.locator('[data-statistics]').waitFor()
      expect(await row.getAttribute('data-status')).toBe('complete')
      return (await row.locator('[data-statistics]').innerText()).replace(/\s+/g, ' ')
    }
    for (const visitor of [ada, grace]) {
      const row = await visitor.sees('That is all.')
      await row.locator('table td', { hasText: '2' }).waitFor()
      await row.locator('pre .hljs-keyword', { hasText: 'const' }).waitFor()
      await row.getByRole('button', { name: 'Copy', exact: true }).waitFor()
    }
    const words = await footer(ada)
    expect(words).toContain('120 in · 60 out')
    expect(words).toContain('$0.0021')
    expect(words).toMatch(/tok\/s .*\d s/)
    expect(await footer(grace)).toBe(words)

    await ada.page.reload()
    await ada.sees('That is all.')
    expect(await footer(ada)).toBe(words)

    await host.restart()
    await grace.page.reload()
    await grace.sees('That is all.')
    expect(await footer(grace)).toBe(words)
    // And the other, who did nothing, is connected again by itself.
    await grace.says('back again')
    await ada.sees('back again')
  })

  test('who comes in the middle of an answer sees the very same text', async () => {
    const { ada, grace } = await host.twoIn('middle', ['Mae', 'Nora'])
    const dictation = dictated()
    host.provider.next({ text: dictation })
    await ada.says('@assistant slowly please')
    dictation.say('First half, ')
    await ada.sees('First half,')
    await grace.page.reload()
    await grace.sees('First half,')
    dictation.say('second half.')
    dictation.say(null)
    for (const visitor of [ada, grace]) {
      const row = await visitor.sees('First half, second half.')
      await row.locator('[data-statistics]').waitFor()
    }
  })

  test('an answer that fails says why inside the message', async () => {
    const { ada, grace } = await host.twoIn('failing', ['Fay', 'Gil'])
    host.provider.next({
      refuse: { status: 402, body: { error: { code: 402, message: 'This request requires more credits' } } },
    })
    await ada.says('@assistant hello?')
    for (const visitor of [ada, grace]) {
      const row = await visitor.sees('This request requires more credits')
      expect(await row.getAttribute('data-status')).toBe('error')
    }
  })
})

describe('sending', () => {
  test('a message that does not get through keeps its text, and Retry posts it once', async () => {
    const { ada, grace } = await host.twoIn('retrying', ['Rita', 'Sam'])
    const posts = '**/api/rooms/*/messages'
    // The server takes the message, but the answer is lost on the way.
    await ada.page.route(posts, async route => {
      if (route.request().method() !== 'POST') return route.continue()
      await route.abort('connectionfailed')
    })
    await ada.says('did this arrive?')
    const row = await ada.sees('did this arrive?')
    await row.getByRole('button', { name: 'Retry' }).waitFor()
    expect(await grace.rows('did this arrive?').count()).toBe(0)
    await ada.page.unroute(posts)
    await row.getByRole('button', { name: 'Retry' }).click()
    await grace.sees('did this arrive?')
    await ada.page.locator('article[data-status=complete]', { hasText: 'did this arrive?' }).waitFor()
    await ada.sees('did this arrive?')
  })

  test('an answer that is lost after the message was stored does not make two of it', async () => {
    const { ada, grace } = await host.twoIn('lost-answer', ['Lou', 'Max'])
    const posts = '**/api/rooms/*/messages'
    await ada.page.route(posts, async route => {
      if (route.request().method() !== 'POST') return route.continue()
      await route.fetch()
      await route.abort('connectionreset')
    })
    await ada.says('only once, please')
    await grace.sees('only once, please')
    await ada.page.unroute(posts)
    await ada.page.locator('article[data-status=complete]', { hasText: 'only once, please' }).waitFor()
    await ada.sees('only once, please')
    await ada.page.reload()
    await ada.sees('only once, please')
  })

  test('Delete takes back what was never sent', async () => {
    const { ada } = await host.twoIn('taking-back', ['Tess', 'Uma'])
    await ada.page.route('**/api/rooms/*/messages', route =>
      route.request().method() === 'POST' ? route.abort('connectionfailed') : route.continue(),
    )
    await ada.says('better not')
    const row = await ada.sees('better not')
    await row.getByRole('button', { name: 'Delete' }).click()
    await row.waitFor({ state: 'detached' })
  })

  test('a connection that comes back brings what was missed, once and in order', async () => {
    const { ada, grace } = await host.twoIn('offline', ['Olga', 'Pia'])
    await ada.page.context().setOffline(true)
    await ada.page
      .getByRole('status')
      .filter({ hasText: /offline|connect/i })
      .first()
      .waitFor()
    for (const n of [1, 2, 3]) await grace.says(`missed ${n}`)
    await grace.sees('missed 3')
    await ada.page.context().setOffline(false)
    for (const n of [1, 2, 3]) await ada.sees(`missed ${n}`)
    const texts = await ada.log.locator('article').allInnerTexts()
    const order = texts.flatMap(text => text.match(/missed \d/g) ?? [])
    expect(order).toEqual(['missed 1', 'missed 2', 'missed 3'])
  })
})
