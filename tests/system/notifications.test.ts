import { expect, test } from 'bun:test'
import { party } from '../support/party.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()

type Called = { title: string; body: string; tag: string; open: boolean; click: () => void }
type Recording = Window & { called: Called[]; asked: number; answer: NotificationPermission }

/** Headless browsers show no notifications: this one keeps them, and answers what the test wants when it is asked. */
function record(answer: string) {
  const recording = window as unknown as Recording
  recording.called = []
  recording.asked = 0
  class Recorded {
    static permission: NotificationPermission = (localStorage.getItem('answered') as 'granted') ?? 'default'
    static async requestPermission() {
      recording.asked++
      localStorage.setItem('answered', answer)
      Recorded.permission = answer as NotificationPermission
      return Recorded.permission
    }
    onclick = () => {}
    readonly entry: Called
    constructor(title: string, { body = '', tag = '' }: NotificationOptions) {
      this.entry = { title, body, tag, open: true, click: () => this.onclick() }
      recording.called.push(this.entry)
    }
    close() {
      this.entry.open = false
    }
  }
  Object.defineProperty(window, 'Notification', { value: Recorded })
}

const called = (visitor: Visitor) =>
  visitor.page.evaluate(() =>
    (window as unknown as Recording).called.map(({ title, body, open }) => ({ title, body, open })),
  )
const isCalled = (visitor: Visitor, times: number) =>
  visitor.until(times => (window as unknown as Recording).called.length === times, times)
const region = (visitor: Visitor) => visitor.page.getByRole('region', { name: 'Notifications' })

test('are offered once, come for what is meant for me while I am elsewhere, and lead there by a click', async () => {
  const ada = await host.arrives('Ada')
  await ada.page.addInitScript(record, 'granted')
  await ada.signsUp()
  await ada.createsRoom('balcony', 'fake/small')
  const { visitor: grace } = await host.member('Grace')
  await grace.opens('/')
  await grace.joinsRoom('balcony')
  await ada.createsRoom('adas-own', 'fake/small')

  await grace.says('@ada the basil is thirsty')
  await region(ada).getByRole('button', { name: 'Turn on notifications' }).click()
  await region(ada).waitFor({ state: 'detached' })
  expect(await ada.page.evaluate(() => (window as unknown as Recording).asked)).toBe(1)
  expect(await called(ada)).toEqual([])

  const second = await ada.page.context().newPage()
  await second.addInitScript(record, 'granted')
  await second.goto(ada.page.url())
  await second.getByRole('heading', { name: 'adas-own' }).first().waitFor()
  await grace.says('not for anybody')
  await grace.says('@ada the **mint** too')
  await isCalled(ada, 1)
  expect(await called(ada)).toEqual([{ title: 'Grace in balcony', body: '@ada the mint too', open: true }])
  await second.waitForFunction(() => document.title.startsWith('(2)'))
  expect(await second.evaluate(() => (window as unknown as Recording).called.length)).toBe(0)
  await second.close()
  await ada.page.evaluate(() => (window as unknown as Recording).called[0]?.click())
  await ada.sees('@ada the mint too')
  await ada.until(() => document.querySelector('article.flash')?.textContent?.includes('mint'), null)
  expect((await called(ada))[0]?.open).toBeFalse()

  // Before her eyes it needs no calling for.
  await grace.says('@ada thank you')
  await ada.sees('@ada thank you')
  const left = Promise.withResolvers<void>()
  async function* answer() {
    yield 'Twice '
    await left.promise
    yield 'a day.'
  }
  host.provider.next({ text: answer() })
  await ada.says('@assistant how often does basil drink?')
  await ada.log.locator('article[data-status=streaming]').waitFor()
  await ada.page.getByRole('link', { name: /adas-own/ }).click()
  await ada.page.getByRole('heading', { name: 'adas-own' }).first().waitFor()
  left.resolve()
  await isCalled(ada, 2)
  expect((await called(ada))[1]).toMatchObject({ title: 'Assistant in balcony', body: 'Twice a day.' })
})

test('say in the settings how it stands, and tell no text where that is not wanted', async () => {
  const { ada, grace } = await host.twoIn('terrace', ['Hal', 'Iris'])
  await ada.page.addInitScript(record, 'granted')
  await ada.opens('/settings')
  await ada.page.getByText('This browser has not been asked yet').waitFor()
  await ada.presses('Turn on notifications')
  await ada.page.getByText('This browser notifies you when you look elsewhere.').waitFor()
  await ada.page.getByLabel('Show what is written').uncheck()
  await ada.page.reload()
  await ada.page.getByText('This browser notifies you when you look elsewhere.').waitFor()
  expect(await ada.page.getByLabel('Show what is written').isChecked()).toBeFalse()
  await grace.says('@hal the door code is 4711')
  await isCalled(ada, 1)
  expect(await called(ada)).toEqual([{ title: 'Iris in terrace', body: 'New message', open: true }])
  await ada.presses('Turn off notifications')
  await ada.page.getByText('This browser does not notify you.').waitFor()

  await grace.page.addInitScript(record, 'denied')
  await grace.opens('/settings')
  await grace.presses('Turn on notifications')
  await grace.page.getByText('This browser was told not to show notifications of this site.').waitFor()
})
