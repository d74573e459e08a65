import { describe, expect, test } from 'bun:test'
import { party } from '../support/party.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()

/** What stands in the log of what matches, from top to bottom. */
const order = async (visitor: Visitor, pattern: RegExp) =>
  (await visitor.log.locator('article').allInnerTexts()).flatMap(text => text.match(pattern) ?? [])
const enter = (visitor: Visitor, room: string) =>
  visitor.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: room }).click()
const online = (visitor: Visitor, is_online: boolean) => visitor.page.context().setOffline(!is_online)

describe('offline', () => {
  test('three messages go out once and in order, whatever room is open when the line is back', async () => {
    const { ada, grace } = await host.twoIn('tunnel', ['Olga', 'Pia'])
    await ada.createsRoom('platform', 'fake/small')
    await enter(ada, 'tunnel')
    await online(ada, false)
    for (const n of [1, 2, 3]) await ada.says(`from below ${n}`)
    await ada.page.getByText('Offline. 3 messages will go out when the connection is back.').waitFor()
    await enter(ada, 'platform')
    await ada.says('from below too')
    await ada.page.getByText('Offline. 4 messages').waitFor()
    await online(ada, true)
    await grace.sees('from below 3')
    await ada.page.getByText(/Offline\./).waitFor({ state: 'detached' })
    expect(await order(grace, /from below \d/g)).toEqual(['from below 1', 'from below 2', 'from below 3'])
    await enter(ada, 'tunnel')
    await ada.sees('from below 3')
    expect(await order(ada, /from below \d/g)).toEqual(['from below 1', 'from below 2', 'from below 3'])
  })

  test('they survive that the page goes, and the next one sends them', async () => {
    const { ada, grace } = await host.twoIn('reloading', ['Quirin', 'Rosa'])
    const { page } = ada
    const address = page.url()
    await online(ada, false)
    for (const n of [1, 2, 3]) await ada.says(`kept ${n}`)
    await page.getByText('Offline. 3 messages').waitFor()
    await page.goto('about:blank')
    await online(ada, true)
    await page.goto(address)
    await grace.sees('kept 3')
    await ada.sees('kept 3')
    expect(await order(grace, /kept \d/g)).toEqual(['kept 1', 'kept 2', 'kept 3'])
    expect(await order(ada, /kept \d/g)).toEqual(['kept 1', 'kept 2', 'kept 3'])
    await page.locator('article.pending, article.failed').first().waitFor({ state: 'detached' })
  })

  test('whoever signs out is warned, the next account sends nothing of it, and the same one does', async () => {
    const { ada, grace } = await host.twoIn('borrowed', ['Ylva', 'Zeno'])
    const { page } = ada
    const address = page.url()
    await page.route('**/messages', route => (route.request().method() === 'POST' ? route.abort() : route.continue()))
    await ada.says('still mine')
    await (await ada.sees('still mine')).getByRole('button', { name: 'Retry' }).waitFor()
    await ada.presses('Sign out')
    const dialog = page.getByRole('dialog', { name: 'Sign out' })
    await dialog.getByText('1 message was not sent.').waitFor()
    await dialog.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/sign-in')
    await page.unroute('**/messages')

    await ada.signsUp('another@example.org')
    await ada.joinsRoom('borrowed')
    await ada.says('somebody else')
    await grace.sees('somebody else')
    await ada.presses('Sign out')
    await page.waitForURL('**/sign-in')
    await page.goto(address)
    await ada.signsIn()
    await grace.sees('still mine')
    expect(await order(grace, /somebody else|still mine/g)).toEqual(['somebody else', 'still mine'])
  })
})

describe('commands', () => {
  test('set the topic and the model, and clear the room, seen live by the other', async () => {
    const { ada, grace } = await host.twoIn('ordered', ['Silke', 'Timo'])
    const header = grace.page.locator('main header')
    await ada.composer.pressSequentially('/to')
    await ada.page.getByRole('option', { name: '/topic text' }).waitFor()
    await ada.composer.press('Tab')
    await ada.composer.pressSequentially('Roses and tulips')
    await ada.composer.press('Enter')
    await header.getByText('Roses and tulips').waitFor()
    expect(await ada.composer.inputValue()).toBe('')

    await ada.composer.pressSequentially('/model larg')
    await ada.page.getByRole('option', { name: /fake\/large/ }).waitFor()
    await ada.composer.press('Enter')
    await ada.composer.press('Enter')
    await header.getByText('fake/large').waitFor()
    await ada.page.getByText('fake/large answers from now on.').waitFor()

    for (const text of ['one', 'two']) await ada.says(text)
    await grace.sees('two')
    await ada.composer.pressSequentially('/clear')
    await ada.composer.press('Enter')
    const dialog = ada.page.getByRole('dialog', { name: 'Clear ordered' })
    await dialog.getByText(/^2 messages will be gone for everybody/).waitFor()
    await dialog.getByRole('button', { name: 'Clear 2 messages' }).click()
    await grace.rows('two').waitFor({ state: 'detached' })
    await ada.page.getByText('2 messages cleared.').waitFor()
    expect(await ada.log.locator('article').count()).toBe(0)

    await grace.composer.pressSequentially('/')
    await grace.page.getByRole('option', { name: '/leave' }).waitFor()
    expect(await grace.page.getByRole('option', { name: '/clear' }).count()).toBe(0)
    await grace.says('/topic mine')
    await grace.page.getByText('Only the owner of the room').waitFor()
    expect(await grace.composer.inputValue()).toBe('/topic mine')
  })
})

test('an emoji is found by keyboard, and shown by its name wherever it was typed', async () => {
  const { ada, grace } = await host.twoIn('smiling', ['Uta', 'Viktor'])
  await ada.says('well done :tada: `:tada:`')
  await grace.rows('well done 🎉 :tada:').waitFor()
  await ada.composer.pressSequentially('and :rocke')
  await ada.page.getByRole('option', { name: ':rocket:' }).waitFor()
  await ada.composer.press('Enter')
  expect(await ada.composer.inputValue()).toBe('and 🚀 ')
})

test('a reply is told above the field, tells the assistant to stay quiet, and goes along, even from offline', async () => {
  const { ada, grace } = await host.twoIn('answering', ['Wanda', 'Xaver'])
  await grace.says('Roses or tulips?')
  const row = await ada.sees('Roses or tulips?')
  await row.focus()
  await ada.page.keyboard.press('r')
  await ada.page.getByText('Replying to Xaver: Roses or tulips?').waitFor()
  await ada.until(() => document.activeElement?.tagName === 'TEXTAREA', null)
  await ada.page.locator('#composer-forecast').filter({ hasText: 'replies to Xaver' }).waitFor()
  await ada.composer.press('Escape')
  await ada.page.getByText('Replying to Xaver').waitFor({ state: 'detached' })

  await row.focus()
  await ada.page.keyboard.press('r')
  await ada.page.getByText('Replying to Xaver').waitFor()
  await online(ada, false)
  await ada.says('Tulips.')
  await ada.page.getByText('Offline. 1 message').waitFor()
  await online(ada, true)
  await (await grace.sees('Tulips.')).locator('message-quote').getByText('Roses or tulips?').waitFor()

  await ada.composer.press('ArrowUp')
  await ada.log.locator('textarea').waitFor()
  expect(await ada.log.locator('textarea').inputValue()).toBe('Tulips.')
})
