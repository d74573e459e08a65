import { expect, test } from 'bun:test'
import type { Message } from '../../src/shared/messages.ts'
import { party } from '../support/party.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()

/** The row that says this itself, not as a quote. */
const row = (visitor: Visitor, text: string) =>
  visitor.log.locator('article').filter({ has: visitor.page.locator('.body', { hasText: text }) })
const quotes = (visitor: Visitor, text: string) => visitor.log.locator('.quote', { hasText: text })

/** Puts the focus on a message as the keyboard does and presses a key. */
async function presses(visitor: Visitor, text: string, key: string) {
  await row(visitor, text).focus()
  await visitor.page.keyboard.press(key)
}

/** Posts as the page would, without its composer. */
const posts = (visitor: Visitor, text: string, reply_to: string | null = null) =>
  visitor.page.evaluate(
    async ({ content, reply_to }) => {
      const room_id = location.pathname.split('/').at(-1)
      const body = JSON.stringify({ content, reply_to, client_id: crypto.randomUUID() })
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`/api/rooms/${room_id}/messages`, { method: 'POST', headers, body })
      return ((await answer.json()) as { message: Message }).message
    },
    { content: text, reply_to },
  )

test('an edit is written in the row, seen by the other at once, and its earlier texts stay with the author', async () => {
  const { ada, grace } = await host.twoIn('edited', ['Ada', 'Grace'])
  await ada.says('the meeting is at tne')
  await grace.sees('at tne')

  await presses(ada, 'at tne', 'e')
  const field = ada.page.getByLabel('Edit message')
  await field.fill('')
  await field.press('Enter')
  await ada.page.getByRole('alert').filter({ hasText: 'cannot be empty' }).waitFor()
  await field.press('Escape')
  await field.waitFor({ state: 'detached' })
  await row(ada, 'at tne').waitFor()

  await ada.page.keyboard.press('e')
  await ada.page.getByLabel('Edit message').fill('the meeting is at ten')
  await ada.page.keyboard.press('Enter')
  await row(grace, 'at ten').getByText('(edited)').waitFor()
  expect(await row(grace, 'at tne').count()).toBe(0)
  expect(await row(grace, 'at ten').getByRole('button', { name: '(edited)' }).count()).toBe(0)

  await row(ada, 'at ten').getByRole('button', { name: '(edited)' }).click()
  const versions = ada.page.getByRole('dialog').getByRole('listitem')
  await versions.first().waitFor()
  expect(await versions.locator('.prose').allInnerTexts()).toEqual(['the meeting is at ten', 'the meeting is at tne'])
})

test('what is edited in two tabs at once is not lost silently', async () => {
  const ada = await host.oneIn('Aida', 'tabs')
  await ada.says('first words')
  await ada.sees('first words')
  await presses(ada, 'first words', 'e')
  const field = ada.page.getByLabel('Edit message')
  await field.fill('my new words')
  const message_id = await row(ada, '').first().getAttribute('data-message-id')
  await ada.page.evaluate(async id => {
    const headers = { 'content-type': 'application/json' }
    await fetch(`/api/messages/${id}`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ content: 'from elsewhere' }),
    })
  }, message_id)
  await ada.page.getByRole('alert').filter({ hasText: 'from elsewhere' }).waitFor()
  expect(await field.inputValue()).toBe('my new words')
  await ada.presses('Use the other text')
  expect(await field.inputValue()).toBe('from elsewhere')
})

test('my last message is edited from the empty composer, wherever it stands, and the words so far outlast a visit elsewhere', async () => {
  const { ada, grace } = await host.twoIn('far', ['Arno', 'Gero'])
  await posts(ada, 'far above')
  for (let n = 1; n <= 40; n++) await posts(grace, `line ${n}.`)
  await row(ada, 'line 40.').waitFor()
  await ada.composer.press('ArrowUp')
  const field = ada.page.getByLabel('Edit message')
  await field.waitFor()
  await ada.until(() => {
    const box = document.activeElement?.getBoundingClientRect()
    return document.activeElement?.matches('message-edit textarea') && box && box.top > 60 && box.bottom < innerHeight
  }, null)
  await ada.page.keyboard.type(' and mended')
  await ada.createsRoom('beside', 'fake/small')
  await ada.page.goBack()
  await field.waitFor()
  expect(await field.inputValue()).toBe('far above and mended')
  await field.press('Enter')
  await row(grace, 'far above and mended').waitFor()
})

test('a deleted message leaves a trace for both, also where it is quoted, and only after a question', async () => {
  const { ada, grace } = await host.twoIn('deleted', ['Alba', 'Gwen'])
  const said = await posts(ada, 'never mind this')
  await posts(grace, 'I do mind', said.id)
  await quotes(grace, 'never mind this').waitFor()

  await presses(ada, 'never mind this', 'Delete')
  const dialog = ada.page.getByRole('dialog', { name: 'Delete this message?' })
  await dialog.waitFor()
  await ada.page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await row(ada, 'never mind this').waitFor()

  await ada.page.keyboard.press('Delete')
  await dialog.getByRole('button', { name: 'Delete' }).press('Enter')
  for (const visitor of [ada, grace]) {
    await row(visitor, 'This message was deleted.').waitFor()
    await quotes(visitor, 'This message was deleted.').waitFor()
    expect(await visitor.log.getByText('never mind this').count()).toBe(0)
  }
  // Where the message was is where the keyboard goes on.
  await ada.until(() => document.activeElement?.matches('article'), null)
})

test('reactions are counted live, named, taken back by a click, and found by name with the keyboard', async () => {
  const { ada, grace } = await host.twoIn('reacted', ['Anna', 'Gina'])
  await ada.says('we shipped it')
  await grace.sees('we shipped it')
  await row(grace, 'we shipped it').hover()
  await grace.page.getByRole('button', { name: 'React with 🎉' }).click()
  const chip = (visitor: Visitor) => visitor.log.locator('.reaction', { hasText: '🎉' })
  await chip(ada).getByText('1').waitFor()
  await chip(ada).click()
  await chip(grace).getByText('2').waitFor()
  expect(await chip(grace).getAttribute('title')).toBe('Anna and you')
  expect(await chip(ada).getAttribute('aria-pressed')).toBe('true')
  await chip(ada).click()
  await chip(grace).getByText('1').waitFor()

  await presses(ada, 'we shipped it', '+')
  await ada.page.getByRole('option').first().waitFor()
  await ada.page.keyboard.type('rocket')
  await ada.page.getByRole('option', { name: 'rocket' }).waitFor()
  await ada.page.keyboard.press('Enter')
  await grace.log.locator('.reaction', { hasText: '🚀' }).waitFor()
})

test('a quote follows what it quotes and leads to it; a pin is seen by both and found in the details', async () => {
  const { ada, grace } = await host.twoIn('pinned', ['Asta', 'Gerd'])
  const said = await posts(ada, 'the **plan** is here')
  await presses(grace, 'the plan is here', 'r')
  await grace.until(() => document.activeElement?.getAttribute('aria-label') === 'Message', null)
  await grace.page.keyboard.type('I have read it')
  await grace.page.keyboard.press('Enter')
  await quotes(ada, 'the plan is here').click()
  await ada.until(
    id => document.activeElement?.getAttribute('data-message-id') === id && document.activeElement.matches('.flash'),
    said.id,
  )
  await ada.page.keyboard.press('p')
  await row(grace, 'the plan is here').getByText('Pinned by Asta').waitFor()
  const pins = grace.page.getByRole('complementary', { name: 'Details' }).locator('room-pins')
  await pins.getByText('the plan is here').waitFor()

  await presses(ada, 'the plan is here', 'e')
  await ada.page.getByLabel('Edit message').fill('the plan is there')
  await ada.page.keyboard.press('Enter')
  await quotes(grace, 'the plan is there').waitFor()
  await pins.getByRole('button', { name: /the plan is there/ }).click()
  await grace.until(id => document.activeElement?.getAttribute('data-message-id') === id, said.id)

  await pins.getByRole('button', { name: /^Unpin/ }).click()
  await row(ada, 'the plan is there').getByText('Pinned by').waitFor({ state: 'detached' })
  await pins.getByText('Nothing is pinned any more.').waitFor()
})

test('what is marked unread stays so while one is there, and is read when one comes back', async () => {
  const { ada, grace } = await host.twoIn('unread', ['Alma', 'Gitta'])
  const room = await ada.page.evaluate(() => ({ id: location.pathname.split('/').at(-1) ?? '' }))
  await ada.createsRoom('elsewhere', 'fake/small')
  await grace.says('one')
  await grace.says('two')
  const rooms = ada.page.getByRole('navigation', { name: 'Rooms' })
  await rooms.getByRole('link', { name: /unread/ }).click()
  await row(ada, 'two').waitFor()
  await ada.hasRead(room)
  const badge = rooms.locator('.badge')
  await badge.waitFor({ state: 'detached' })

  await presses(ada, 'two', 'u')
  await badge.getByText('1').waitFor()
  const line = ada.page.getByRole('separator', { name: 'New' })
  await line.waitFor()
  expect((await line.boundingBox())?.y ?? 0).toBeGreaterThan((await row(ada, 'one').boundingBox())?.y ?? 9_999)
  await grace.says('three')
  await row(ada, 'three').waitFor()
  await badge.getByText('2').waitFor()

  await rooms.getByRole('link', { name: /elsewhere/ }).click()
  await rooms.getByRole('link', { name: /unread/ }).click()
  await ada.hasRead(room)
})

test('an answer says that its question was changed, and asks again with one click', async () => {
  const ada = await host.oneIn('Abel', 'stale')
  host.provider.next({ text: 'Seven.' }, { text: 'Twelve.' })
  await ada.says('@assistant what is three and four?')
  await row(ada, 'Seven.').locator('[data-statistics]').waitFor()
  await presses(ada, 'three and four', 'e')
  await ada.page.getByLabel('Edit message').fill('@assistant what is three times four?')
  await ada.page.keyboard.press('Enter')
  const note = ada.log.locator('.stale', { hasText: 'The question was changed after this answer.' })
  await note.getByRole('button', { name: 'Ask again' }).click()
  await row(ada, 'Twelve.').waitFor()
  await note.waitFor({ state: 'detached' })
})

test('messages are reached with the arrows, and a letter goes on writing', async () => {
  const { ada, grace } = await host.twoIn('arrows', ['Axel', 'Gabi'])
  for (const text of ['alpha', 'beta']) await ada.says(text)
  await ada.sees('beta')
  await ada.composer.focus()
  await ada.page.keyboard.press('Shift+Tab')
  await ada.until(() => document.activeElement?.closest('article, [role=log]'), null)
  await row(ada, 'beta').focus()
  await ada.page.keyboard.press('ArrowUp')
  await ada.until(
    () => document.activeElement?.matches('article') && document.activeElement.textContent?.includes('alpha'),
    null,
  )
  // Not mine to edit for somebody else, so there it is a letter like any other.
  await row(grace, 'alpha').focus()
  await grace.page.keyboard.press('ArrowDown')
  await grace.page.keyboard.press('e')
  await grace.until(
    () => document.activeElement?.matches('textarea') && document.querySelector('textarea')?.value,
    null,
  )
  expect(await grace.composer.inputValue()).toBe('e')
})

test('a finger that rests on a message opens what can be done with it, and chooses nothing by lifting off', async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
  const ada = await host.oneIn('Asla', 'touched', phone)
  await posts(ada, 'hold me')
  const box = await row(ada, 'hold me').locator('.body').boundingBox()
  const finger = await ada.page.context().newCDPSession(ada.page)
  const at = { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 8 }
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] })
  const sheet = ada.page.getByRole('menu', { name: 'What to do with this message' })
  await sheet.waitFor()
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await ada.drawn()
  for (const item of await sheet.getByRole('menuitem').all()) {
    const { width = 0, height = 0 } = (await item.boundingBox()) ?? {}
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(44)
  }
  await sheet.getByRole('menuitem', { name: 'Edit' }).tap()
  await ada.page.getByLabel('Edit message').fill('held')
  await ada.page.getByRole('button', { name: 'Save' }).tap()
  await row(ada, 'held').getByText('(edited)').waitFor()
})

test('what is typed before the emoji have come finds them all the same', async () => {
  const ada = await host.oneIn('Aline', 'hasty')
  await posts(ada, 'to the moon')
  const come = Promise.withResolvers<void>()
  await ada.page.route('**/assets/emoji-data-*', async route => {
    await come.promise
    await route.continue()
  })
  await row(ada, 'to the moon').waitFor()
  await presses(ada, 'to the moon', '+')
  await ada.page.getByLabel('Find an emoji').fill('rocket')
  come.resolve()
  await ada.page.getByRole('option', { name: 'rocket' }).waitFor()
  await ada.page.keyboard.press('Enter')
  await row(ada, 'to the moon').getByRole('button', { name: /🚀/ }).waitFor()
})
