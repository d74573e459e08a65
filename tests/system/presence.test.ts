import { test } from 'bun:test'
import { party } from '../support/party.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()

/** What their tab would tell when they turn to another one, or back. */
const turns = (visitor: Visitor, visibility: 'hidden' | 'visible') =>
  visitor.page.evaluate(visibility => {
    Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, visibility)

test('who is there, away and back is seen in the room and beside a direct conversation', async () => {
  const grace = await host.arrives('Grace')
  await grace.page.clock.install()
  await grace.signsUp()
  await grace.createsRoom('veranda', 'fake/small')
  const { visitor: ada } = await host.member('Ada')
  await ada.opens('/')
  await ada.joinsRoom('veranda')
  const person = ada.page
    .getByRole('complementary', { name: 'Details' })
    .getByRole('listitem')
    .filter({ hasText: 'Grace' })
  await person.getByText('online').waitFor({ state: 'attached' })

  await ada.page.evaluate(async () => {
    const { people } = await (await fetch('/api/people')).json()
    const { id } = people.find((user: { display_name: string }) => user.display_name === 'Grace')
    const headers = { 'content-type': 'application/json' }
    await fetch('/api/rooms/direct', { method: 'POST', headers, body: JSON.stringify({ user_id: id }) })
  })
  const direct = ada.page.getByRole('navigation', { name: 'Rooms' })
  await direct.getByRole('link', { name: /^Grace\W+online/ }).waitFor()

  // Time enough for the page to say what it has to say, and for a glance elsewhere that nobody hears of.
  await grace.page.clock.fastForward(5_000)
  await turns(grace, 'hidden')
  await turns(grace, 'visible')
  await turns(grace, 'hidden')
  await grace.page.clock.fastForward(5_000)
  await person.getByText('away').waitFor({ state: 'attached' })
  await direct.getByRole('link', { name: /^Grace\W+away/ }).waitFor()
  await turns(grace, 'visible')
  await person.getByText('online').waitFor({ state: 'attached' })
  await direct.getByRole('link', { name: /^Grace\W+online/ }).waitFor()

  await ada.page.reload()
  await direct.getByRole('link', { name: /^Grace\W+online/ }).waitFor()
})
