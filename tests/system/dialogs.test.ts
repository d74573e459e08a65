import { expect, test } from 'bun:test'
import { party } from '../support/party.ts'

const host = party()

test('a dialog that is open stays open, whatever is heard of other rooms meanwhile', async () => {
  const friend = await host.server.person('Friend')
  const room = await friend.creates({ name: 'elsewhere', visibility: 'private' })
  const visitor = await host.arrives('Wanda')
  await visitor.signsUp()
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
