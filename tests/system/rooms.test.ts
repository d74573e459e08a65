import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { party } from '../support/party.ts'
import type { Person } from '../support/person.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()
/** The first account of the server is its admin. */
let admin: Person
beforeAll(async () => {
  admin = await host.server.person('Root')
})

const list = (page: Page) => page.getByRole('navigation', { name: 'Rooms' })
const section = (page: Page, name: string) => list(page).getByRole('region', { name, exact: true })
/** What stands in a part of the list, in its order. */
const listed = (page: Page, name: string) => section(page, name).locator('a .name').allTextContents()
const isListed = (page: Page, name: string, rooms: string[]) =>
  page.waitForFunction(
    ([part, wanted]) => {
      const region = document.querySelector(`section[aria-label="${part}"]`)
      return [...(region?.querySelectorAll('a .name') ?? [])].map(one => one.textContent).join() === wanted
    },
    [name, rooms.join()] as const,
  )
const title = ({ page }: Visitor, name: string) => page.getByRole('heading', { name, exact: true }).first().waitFor()
const dialog = ({ page }: Visitor) => page.getByRole('dialog')
const focused = ({ page }: Visitor) => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))

/** Somebody at a browser, in rooms that somebody with a token made. */
async function inRooms(name: string, owner: Person, rooms: string[]) {
  const made = await Promise.all(rooms.map(room => owner.creates({ name: room })))
  const { visitor, person } = await host.member(name)
  for (const room of made) await person.joins(room)
  await visitor.opens(`/rooms/${made[0]?.id}`)
  await title(visitor, rooms[0] ?? '')
  await isListed(visitor.page, 'Rooms', [...rooms].sort())
  return { visitor, made }
}

test('from the composer to another room, to a person and to a command, without the mouse', async () => {
  const owner = await host.server.person('Olga')
  const { visitor } = await inRooms('Kim', owner, ['alpha', 'beta-release', 'gamma'])
  const { keyboard } = visitor.page
  await visitor.composer.focus()

  await keyboard.press('Control+k')
  await dialog(visitor).getByRole('combobox').waitFor()
  await keyboard.press('Escape')
  expect(await focused(visitor)).toBe('Message')

  await keyboard.press('Control+k')
  await keyboard.type('btrel')
  await visitor.page.getByRole('option', { name: /beta-release/, selected: true }).waitFor()
  await keyboard.press('Enter')
  await title(visitor, 'beta-release')

  // Nothing typed: where one was last, first.
  await keyboard.press('Control+k')
  const options = visitor.page.getByRole('option')
  await options.first().waitFor()
  expect(await options.first().innerText()).toContain('alpha')
  await keyboard.press('End')
  await visitor.page.getByRole('option', { name: /gamma/, selected: true }).waitFor()
  await keyboard.press('ArrowDown')
  await visitor.page.getByRole('option', { name: /alpha/, selected: true }).waitFor()
  await keyboard.press('Enter')
  await title(visitor, 'alpha')

  await keyboard.press('Control+k')
  await keyboard.type('olga')
  await visitor.page.getByRole('option', { name: /Olga/, selected: true }).waitFor()
  await keyboard.press('Enter')
  await title(visitor, 'Olga')
  expect(await visitor.composer.getAttribute('placeholder')).toBe('Message Olga')
  await isListed(visitor.page, 'Direct messages', ['Olga'])

  await keyboard.press('Control+k')
  await keyboard.type('new room')
  await visitor.page.getByRole('option', { name: 'New room', selected: true }).waitFor()
  await keyboard.press('Enter')
  await visitor.page.getByRole('dialog', { name: 'New room' }).waitFor()
  await keyboard.press('Escape')

  await keyboard.press('Control+k')
  await keyboard.type('/hel')
  await visitor.page.getByRole('option', { name: /^\/help/, selected: true }).waitFor()
  await keyboard.press('Enter')
  expect(await visitor.composer.inputValue()).toBe('/help ')
  expect(await focused(visitor)).toBe('Message')

  await keyboard.press('Control+k')
  await keyboard.type('what was said')
  await visitor.page.getByRole('option', { name: 'Search messages for “what was said”', selected: true }).waitFor()
  await keyboard.press('Enter')
  await visitor.page.waitForURL(/\/search\?q=what(\+|%20)was(\+|%20)said/)
})

test('the keys lead through the rooms in the order shown, to the unread ones too, and are listed', async () => {
  const owner = await host.server.person('Otto')
  const { visitor, made } = await inRooms('Lou', owner, ['aa', 'bb', 'cc'])
  const { keyboard } = visitor.page
  await visitor.page.evaluate(
    id =>
      fetch(`/api/rooms/${id}/preferences`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ is_favourite: true }),
      }),
    made[2]?.id,
  )
  await isListed(visitor.page, 'Favourites', ['cc'])
  // Shown: cc, aa, bb.
  await keyboard.press('Alt+ArrowUp')
  await title(visitor, 'cc')
  await keyboard.press('Alt+ArrowUp')
  await title(visitor, 'bb')
  await keyboard.press('Alt+ArrowDown')
  await title(visitor, 'cc')
  await owner.must('POST', `/api/rooms/${made[1]?.id}/messages`, { content: 'hi', client_id: crypto.randomUUID() })
  await list(visitor.page)
    .getByRole('link', { name: /bb.*unread/ })
    .waitFor()
  await keyboard.press('Alt+Shift+ArrowDown')
  await title(visitor, 'bb')
  await visitor.sees('hi')

  await visitor.composer.fill('what?')
  await visitor.composer.press('?')
  expect(await visitor.composer.inputValue()).toBe('what??')
  await list(visitor.page).getByRole('link', { name: 'aa' }).focus()
  await keyboard.press('?')
  const help = visitor.page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await help.getByText('Jump to a room, a person or a command').waitFor()
  await help.getByText('React to it').waitFor()
  await help.getByText('/topic text').waitFor()
  // A dialog keeps the keys to itself.
  await keyboard.press('Alt+ArrowDown')
  await keyboard.press('Escape')
  await help.waitFor({ state: 'detached' })
  await title(visitor, 'bb')
  expect(await visitor.page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('aa')
})

test('favourites, order and what one is notified of are kept, and another tab follows', async () => {
  const owner = await host.server.person('Orla')
  const { visitor, made } = await inRooms('Max', owner, ['a1', 'b2', 'c3', 'd4'])
  const second = await visitor.page.context().newPage()
  await second.goto(visitor.page.url())
  await isListed(second, 'Rooms', ['a1', 'b2', 'c3', 'd4'])
  // A page behind another one is slow to draw.
  await visitor.page.bringToFront()

  // How rooms are dragged is learnt when a hand comes near.
  const learnt = visitor.page.waitForResponse(/room-hands/)
  await visitor.chooses('Options for c3', 'Add to favourites')
  await isListed(visitor.page, 'Favourites', ['c3'])
  await isListed(second, 'Favourites', ['c3'])

  const link = (name: string) => list(visitor.page).getByRole('link', { name })
  await learnt
  await link('d4').dragTo(link('a1'), { targetPosition: { x: 40, y: 3 } })
  await isListed(visitor.page, 'Rooms', ['d4', 'a1', 'b2'])
  await isListed(second, 'Rooms', ['d4', 'a1', 'b2'])
  await link('a1').focus()
  await visitor.page.keyboard.press('Alt+Shift+PageDown')
  await isListed(visitor.page, 'Rooms', ['d4', 'b2', 'a1'])
  expect(await visitor.page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('a1')
  await isListed(second, 'Rooms', ['d4', 'b2', 'a1'])

  await visitor.chooses('Options for b2', 'Nothing')
  await owner.must('POST', `/api/rooms/${made[1]?.id}/messages`, { content: 'psst', client_id: crypto.randomUUID() })
  await owner.must('POST', `/api/rooms/${made[3]?.id}/messages`, { content: 'hey', client_id: crypto.randomUUID() })
  await list(visitor.page)
    .getByRole('link', { name: /d4.*unread/ })
    .waitFor()
  expect(
    await list(visitor.page)
      .getByRole('link', { name: /b2.*unread/ })
      .count(),
  ).toBe(0)
  await visitor.chooses('Options for d4', 'Mark as read')
  await list(second).getByRole('link', { name: 'd4', exact: true }).waitFor()

  await visitor.page.reload()
  await isListed(visitor.page, 'Favourites', ['c3'])
  await isListed(visitor.page, 'Rooms', ['d4', 'b2', 'a1'])
  await visitor.presses('Options for b2')
  await visitor.page.getByRole('menuitemradio', { name: 'Nothing', checked: true }).waitFor()
  await second.close()
})

test('an order that the server does not take goes back to what it was, and that is said', async () => {
  const owner = await host.server.person('Ole')
  const { visitor } = await inRooms('Noa', owner, ['e1', 'f2'])
  await visitor.page.route('**/api/rooms/order', route => route.abort())
  await visitor.chooses('Options for f2', 'Move up')
  await visitor.page.getByText('That was not kept. The server cannot be reached.').waitFor()
  expect(await listed(visitor.page, 'Rooms')).toEqual(['e1', 'f2'])
})

test('two people talk directly; who closed that has it back with the next word', async () => {
  const { ada, grace } = await host.twoIn('meeting', ['Ada', 'Grace'])
  await ada.presses('Message Grace')
  await title(ada, 'Grace')
  await ada.page.getByText('This is between Grace and you; nobody else sees it.').waitFor()
  expect(await ada.page.getByRole('button', { name: 'Invite people' }).count()).toBe(0)
  expect(await ada.page.getByRole('button', { name: /Leave room/ }).count()).toBe(0)
  // Nothing is said yet, so there is nothing for her to see.
  expect(await listed(grace.page, 'Direct messages')).toEqual([])

  await ada.says('a word with you')
  await isListed(grace.page, 'Direct messages', ['Ada'])
  const from_ada = section(grace.page, 'Direct messages').getByRole('link', { name: /Ada.*unread/ })
  await from_ada.click()
  await grace.sees('a word with you')
  await grace.says('go on')
  await ada.sees('go on')

  await grace.presses('Close conversation')
  await title(grace, 'meeting')
  await isListed(grace.page, 'Direct messages', [])
  await grace.page.reload()
  await title(grace, 'meeting')
  expect(await listed(grace.page, 'Direct messages')).toEqual([])
  await ada.says('still there?')
  await isListed(grace.page, 'Direct messages', ['Ada'])

  await ada.presses('Talk to Assistant alone')
  await title(ada, 'Assistant')
  await ada.page.getByText('Here you have Assistant to yourself').waitFor()
  await isListed(ada.page, 'Direct messages', ['Assistant', 'Grace'])
})

test('a room that its owner deletes goes from everybody at once, and comes back when an admin says so', async () => {
  const { ada: owner, grace: member } = await host.twoIn('short-lived', ['Hal', 'Ivy'])
  const id = new URL(owner.page.url()).pathname.split('/').at(-1)
  await owner.says('keep this')
  await member.sees('keep this')
  await owner.page.evaluate(room => fetch(`/api/rooms/${room}`, { method: 'DELETE' }), id)
  await member.page.getByRole('heading', { name: 'short-lived was deleted' }).waitFor()
  expect(await listed(member.page, 'Rooms')).not.toContain('short-lived')
  await admin.must('POST', `/api/admin/rooms/${id}/restore`)
  await title(member, 'short-lived')
  await member.sees('keep this')
})
