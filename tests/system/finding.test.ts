import { describe, expect, test } from 'bun:test'
import { party } from '../support/party.ts'
import { png, sends } from '../support/pictures.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()

const field = (visitor: Visitor) => visitor.page.getByLabel('Search messages')
const hits = (visitor: Visitor) => visitor.page.locator('.stage a.hit')

/** Types into the search, and waits until exactly these are found, the newest first. */
async function finds(visitor: Visitor, query: string, ...texts: string[]) {
  await field(visitor).fill(query)
  await visitor.until(
    ({ query, texts }) => {
      const found = [...document.querySelectorAll('.stage a.hit')].map(hit => hit.textContent ?? '')
      const asked = new URL(location.href).searchParams.get('q')
      return (
        asked === query.trim() &&
        found.length === texts.length &&
        texts.every((text, at) => found[at]?.includes(text)) &&
        !document.querySelector('.stage .spinner')
      )
    },
    { query, texts },
  )
}

describe('searching', () => {
  test('finds by words, phrases and every operator, and opens a message in its place and the results again', async () => {
    const grace = await host.server.person('Grace')
    const garden = await grace.creates({ name: 'garden', ai_mode: 'off' })
    const shed = await grace.creates({ name: 'Tool shed', ai_mode: 'off' })
    const { visitor: ada } = await host.member('Ada')
    await ada.opens('/')
    await ada.joinsRoom('garden')
    await ada.joinsRoom('Tool shed')
    await ada.says('roses want sun')
    await ada.sees('roses want sun')
    await grace.says(garden, 'red **roses** and late frost')
    for (let n = 1; n <= 60; n++) await grace.says(garden, `weeding bed ${n}.`)
    await grace.says(shed, 'the late shears, <b>frost</b> on the roses')
    const { upload } = (await sends(grace, garden, await png(), 'roses.png')).body
    await grace.must('POST', `/api/rooms/${garden.id}/messages`, {
      content: 'look, roses',
      client_id: 'with-picture',
      attachment_ids: [upload.id],
    })
    const today = new Date().toISOString().slice(0, 10)

    await ada.page.keyboard.press('Control+Shift+F')
    await ada.page.getByRole('heading', { name: 'Search everything said in your rooms' }).waitFor()
    await finds(ada, 'roses', 'look, roses', 'the late shears', 'red roses', 'roses want sun')
    expect(await hits(ada).first().locator('mark').allInnerTexts()).toEqual(['roses'])
    await hits(ada).first().getByText('roses.png').waitFor()
    await finds(ada, 'roses from:ada', 'roses want sun')
    await finds(ada, 'roses in:"Tool shed"', '<b>frost</b> on the roses', 'roses want sun')
    await finds(ada, 'has:image', 'look, roses')
    await finds(ada, 'roses late frost', 'the late shears', 'red roses')
    await finds(ada, 'roses "late frost"', 'red roses')
    await finds(ada, `roses after:${today}`)
    await ada.page.getByText('Nothing found').waitFor()
    await finds(ada, `roses before:${today}`)
    await ada.presses('Look for “roses” everywhere')
    await hits(ada).nth(3).waitFor()

    // A name is completed from what is known.
    await field(ada).fill('')
    await field(ada).pressSequentially('from:gr')
    await ada.page.getByRole('option', { name: /Grace/ }).waitFor()
    await field(ada).press('Enter')
    expect(await field(ada).inputValue()).toBe('from:grace ')

    await finds(ada, 'roses', 'look, roses', 'the late shears', 'red roses', 'roses want sun')
    await field(ada).press('ArrowDown')
    await ada.page.keyboard.press('ArrowDown')
    await ada.page.keyboard.press('ArrowDown')
    await ada.page.keyboard.press('Enter')
    const row = await ada.sees('red roses and late frost')
    await ada.until(() => document.querySelector('article.flash')?.textContent?.includes('late frost'), null)
    const box = await row.boundingBox()
    expect(box?.y ?? 0).toBeGreaterThan(150)
    expect(box?.y ?? 0).toBeLessThan(700)

    await ada.page.goBack()
    await hits(ada).nth(3).waitFor()
    expect(await field(ada).inputValue()).toBe('roses')
    await ada.until(() => document.activeElement?.textContent?.includes('late frost'), null)
    await ada.page.reload()
    await hits(ada).nth(3).waitFor()

    await finds(ada, 'weeding', ...Array.from({ length: 20 }, (_, n) => `weeding bed ${60 - n}.`))
    await ada.presses('Show more')
    await hits(ada).nth(49).scrollIntoViewIfNeeded()
    await ada.page.getByText('These are the newest 50.').waitFor()
    const top = () => ada.page.locator('.stage .scroll').evaluate(scroll => scroll.scrollTop)
    const before = await top()
    await hits(ada).nth(47).click()
    await ada.until(() => document.querySelector('article.flash')?.textContent?.includes('weeding bed 13.'), null)
    await ada.page.goBack()
    await hits(ada).nth(49).waitFor()
    expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(2)
  })

  test('in one room starts from its header', async () => {
    const { ada } = await host.twoIn('Potting shed', ['Bea', 'Carl'])
    await ada.says('compost')
    await ada.sees('compost')
    await ada.page.getByRole('link', { name: 'Search in this room' }).click()
    expect(await field(ada).inputValue()).toBe('in:"Potting shed" ')
    await hits(ada).filter({ hasText: 'compost' }).waitFor()
  })
})

describe('the inbox', () => {
  test('holds what is meant for me as it comes, says what is new, and leads to it', async () => {
    const { ada, grace } = await host.twoIn('orchard', ['Dan', 'Eve'])
    await ada.says('who prunes the pears?')
    await ada.sees('who prunes the pears?')
    await ada.page.getByRole('link', { name: 'Inbox' }).click()
    await ada.page.getByRole('heading', { name: 'Nothing for you yet' }).waitFor()

    await grace.says('not for anybody')
    await grace.says('@dan, **you** do')
    const hit = hits(ada).filter({ hasText: '@dan, you do' })
    await hit.getByText('unread').waitFor({ state: 'attached' })
    await hit.getByText('mentioned you in orchard').waitFor()
    expect(await hits(ada).count()).toBe(1)
    const link = ada.page.getByRole('link', { name: 'Inbox 1 unread' })
    await link.waitFor()

    await ada.page.keyboard.press('ArrowDown')
    await ada.page.keyboard.press('Enter')
    await ada.until(() => document.querySelector('article.flash')?.textContent?.includes('you do'), null)
    await link.waitFor({ state: 'detached' })
    await ada.page.goBack()
    await hit.waitFor()
    await hit.getByText('unread').waitFor({ state: 'detached' })

    const row = grace.rows('@dan, you do')
    await row.waitFor()
    const id = await row.getAttribute('data-message-id')
    await grace.page.evaluate(async id => {
      await fetch(`/api/messages/${id}`, {
        method: 'DELETE',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
    }, id)
    await ada.page.getByRole('heading', { name: 'Nothing for you yet' }).waitFor()
  })
})

test('counts, the title and the icon tell of what I have not read, in every tab, until it is read in one', async () => {
  const { ada, grace } = await host.twoIn('greenhouse', ['Finn', 'Gwen'])
  await ada.createsRoom('finns-own', 'fake/small')
  const other = await ada.page.context().newPage()
  await other.goto(ada.page.url())
  const shows = (page: typeof other, title: string, badged: boolean) =>
    page.waitForFunction(
      ({ title, badged }) =>
        document.title === title &&
        document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href.startsWith('data:image/png') === badged,
      { title, badged },
    )
  await shows(other, 'finns-own · GroupChat', false)
  await grace.says('nothing for anybody')
  for (const page of [ada.page, other]) await shows(page, '• finns-own · GroupChat', true)
  await grace.says('@finn come and see')
  for (const page of [ada.page, other]) await shows(page, '(1) finns-own · GroupChat', true)
  const room = ada.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: /greenhouse/ })
  expect(await room.innerText()).toMatch(/^greenhouse\s+2\s+unread, you are mentioned$/)
  await room.click()
  await ada.sees('come and see')
  const fresh = ada.log.locator('div:has(> [role=separator][aria-label=New])')
  await fresh.filter({ hasText: 'nothing for anybody' }).waitFor()
  await shows(ada.page, 'greenhouse · GroupChat', false)
  await shows(other, 'finns-own · GroupChat', false)
})
