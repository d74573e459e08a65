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
})
