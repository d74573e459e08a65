import { expect, test } from 'bun:test'
import { party } from '../support/party.ts'

const host = party()

test('a dialog that is open stays open, whatever is heard of other rooms meanwhile', async () => {
  const friend = await host.server.person('Friend')
  const room = await friend.creates({ name: 'elsewhere', visibility: 'private' })
  const { visitor } = await host.member('Wanda')
  await visitor.opens('/')
  await visitor.presses('New room', 'Make your first room')
  const name = visitor.page.getByRole('dialog').getByLabel('Room name')
  await name.fill('half a name')
  const { url } = await friend.must<{ url: string }>('POST', '/api/invites', { room_id: room.id })
  // Joined in another tab: this one hears of it while the dialog is open.
  await visitor.page.evaluate(
    token =>
      fetch(`/api/invites/${token}/accept`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }),
    new URL(url).pathname.replace('/invite/', ''),
  )
  await visitor.page.getByRole('link', { name: /elsewhere/, includeHidden: true }).waitFor({ state: 'attached' })
  await visitor.drawn()
  expect(await name.inputValue()).toBe('half a name')
})

test('a part that is gone since a new version was put in its place is asked for by a reload, which keeps the draft', async () => {
  const visitor = await host.oneIn('Xaver', 'deployed')
  await visitor.composer.fill('half a thought')
  const gone = '**/assets/browse-rooms-dialog-*'
  await visitor.page.route(gone, route => route.fulfill({ status: 404, body: '' }))
  await visitor.presses('Browse rooms')
  const words = visitor.page.getByRole('alert').filter({ hasText: 'the server has a new version' })
  await words.waitFor()
  await visitor.page.unroute(gone)
  await words.getByRole('button', { name: 'Reload' }).click()
  await words.waitFor({ state: 'detached' })
  await visitor.composer.waitFor()
  expect(await visitor.composer.inputValue()).toBe('half a thought')
  await visitor.presses('Browse rooms')
  await visitor.page.getByRole('dialog').waitFor()
  // What could not be loaded says so in the console as well; nothing else does.
  expect(
    visitor.complaints.splice(0).filter(complaint => !/dynamically imported|Unable to preload/.test(complaint)),
  ).toEqual([])
})
