import { beforeAll, describe, expect, test } from 'bun:test'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import type { NostrEvent } from '../../src/shared/nostr.ts'
import { party } from '../support/party.ts'
import { jpeg, png } from '../support/pictures.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()

/** The first account of the server is its admin; nobody in these stories but one is. */
let admins_email: string | undefined
beforeAll(async () => {
  admins_email = (await host.server.person('Root')).user.email
})

const heading = (visitor: Visitor, name: string | RegExp) => visitor.page.getByRole('heading', { name }).first()
const dialog = (visitor: Visitor) => visitor.page.getByRole('dialog')
const people = (visitor: Visitor) => visitor.page.getByRole('complementary', { name: 'Details' })
const roomLink = (visitor: Visitor, room: string) =>
  visitor.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: room })
const signInPage = (visitor: Visitor) => heading(visitor, 'Sign in').waitFor()

/** Makes a link in the dialog and takes it along in the clipboard. */
async function copiesInvite(visitor: Visitor): Promise<string> {
  await visitor.presses('Invite people')
  await dialog(visitor).getByRole('button', { name: 'Create link' }).click()
  await dialog(visitor).getByRole('button', { name: 'Copy' }).click()
  await dialog(visitor).getByRole('button', { name: 'Copied' }).waitFor()
  const link = await visitor.page.evaluate(() => navigator.clipboard.readText())
  expect(link).toBe(await dialog(visitor).getByLabel('Invite link').inputValue())
  await dialog(visitor).getByRole('button', { name: 'Close' }).click()
  return new URL(link).pathname
}

describe('an invite link', () => {
  test('leads somebody new from a private room’s door into it, once; and another one somebody who is here already', async () => {
    const ada = await host.arrives('Ada', { permissions: ['clipboard-read', 'clipboard-write'] })
    await ada.signsUp()
    await ada.createsRoom('the-vault', 'fake/small', 'Private')
    const link = await copiesInvite(ada)

    const grace = await host.arrives('Grace')
    await grace.opens(link)
    await heading(grace, 'the-vault').waitFor()
    await grace.page.getByText('Ada invites you to talk in this room.').waitFor()
    await grace.page.getByRole('link', { name: 'Create an account and join' }).click()
    await grace.signsUpHere()
    await heading(grace, 'the-vault').waitFor()
    expect(await roomLink(grace, 'the-vault').count()).toBe(1)

    await ada.page.getByRole('link', { name: 'Grace accepted your invitation to the-vault.' }).waitFor()
    await people(ada).getByText('@grace').waitFor()
    await grace.says('Thank you for having me!')
    await ada.sees('Thank you for having me!')
    await ada.says('Welcome!')
    await grace.sees('Welcome!')

    // Who came by it is led back in by it.
    await grace.opens(link)
    await heading(grace, 'the-vault').waitFor()
    await grace.sees('Welcome!')

    const mallory = await host.arrives('Mallory')
    await mallory.opens(link)
    await heading(mallory, 'This invitation is over').waitFor()
    expect(await mallory.page.getByText('the-vault').count()).toBe(0)
    await mallory.page.getByRole('link', { name: 'Go to GroupChat' }).click()
    await signInPage(mallory)

    const second = await copiesInvite(ada)
    await mallory.signsUp()
    await mallory.opens(second)
    await mallory.page.getByText('You are signed in as Mallory.').waitFor()
    await mallory.presses('Join the room')
    await mallory.sees('Welcome!')
    await ada.page.getByRole('link', { name: 'Mallory accepted your invitation to the-vault.' }).waitFor()
    expect(new URL(mallory.page.url()).pathname).toBe(new URL(ada.page.url()).pathname)
  })
})

describe('a Nostr key', () => {
  /** What an extension puts into every page: the key itself stays outside. */
  async function installsExtension(visitor: Visitor) {
    const secret = generateSecretKey()
    const asked: number[] = []
    await visitor.page.exposeFunction('signWithKey', (event: NostrEvent) => {
      asked.push(event.kind)
      return JSON.parse(JSON.stringify(finalizeEvent(event, secret)))
    })
    await visitor.page.addInitScript(pubkey => {
      const sign = Reflect.get(window, 'signWithKey')
      Reflect.set(window, 'nostr', { getPublicKey: async () => pubkey, signEvent: sign })
    }, getPublicKey(secret))
    return { asked }
  }

  test('opens a new account, and the same one again', async () => {
    const satoshi = await host.arrives('Satoshi')
    const { asked } = await installsExtension(satoshi)
    await satoshi.opens('/sign-up')
    await satoshi.page.getByLabel('Name', { exact: true }).fill('Satoshi')
    await satoshi.presses('Continue with Nostr')
    await heading(satoshi, 'Welcome to GroupChat').waitFor()
    await satoshi.createsRoom('keyring', 'fake/small')
    await satoshi.presses('Sign out')
    await signInPage(satoshi)
    await satoshi.presses('Continue with Nostr')
    await heading(satoshi, 'keyring').waitFor()
    await people(satoshi).getByText('Satoshi (you)').waitFor()
    expect(asked).toEqual([27235, 27235])
  })

  test('without an extension is not to be had, and the page says where to get one', async () => {
    const visitor = await host.arrives('Keyless')
    await visitor.opens('/sign-in')
    await visitor.presses('Continue with Nostr')
    const words = visitor.page.getByRole('status').filter({ hasText: 'No Nostr extension was found' })
    await words.waitFor()
    const link = words.getByRole('link').first()
    expect(await link.getAttribute('href')).toStartWith('https://')
    expect(await link.getAttribute('rel')).toContain('noopener')
    expect(await visitor.page.getByRole('button', { name: 'Continue with Nostr' }).isEnabled()).toBe(true)
  })
})

test('a new name and a new picture are seen by the others at once', async () => {
  const { ada, grace } = await host.twoIn('mirror', ['Lena', 'Otto'])
  await ada.says('Who am I?')
  const row = await grace.sees('Who am I?')
  await row.getByText('Lena', { exact: true }).waitFor()
  let loads = 0
  grace.page.on('framenavigated', () => loads++)

  await ada.chooses('Settings and more', 'Settings')
  await heading(ada, 'Settings').waitFor()
  await ada.page.getByLabel('Display name').fill('Lena the Great')
  await ada.presses('Save profile')
  await row.getByText('Lena the Great', { exact: true }).waitFor()
  await people(grace).getByText('Lena the Great', { exact: true }).waitFor()

  const picture = { name: 'me.jpg', mimeType: 'image/jpeg', buffer: await jpeg(640, 480) }
  await ada.page.getByLabel('Picture file').setInputFiles(picture)
  await ada.presses('Use this picture')
  await ada.page.getByRole('button', { name: 'Change picture' }).waitFor()
  for (const place of [row, people(grace)]) {
    const portrait = place.locator('person-avatar img')
    await portrait.first().waitFor()
    await grace.until(
      () =>
        [...document.querySelectorAll('person-avatar img')].every(img => (img as HTMLImageElement).naturalWidth > 0),
      null,
    )
    expect(await portrait.first().getAttribute('src')).toStartWith('/uploads/avatars/')
  }
  expect(loads).toBe(0)
})

describe('pictures', () => {
  const tray = (visitor: Visitor) => visitor.page.getByRole('list', { name: 'Pictures to send' })

  /** As the browser does when somebody pastes or drops a file. */
  async function gives(visitor: Visitor, how: 'paste' | 'drop', name: string, bytes: Buffer) {
    const target = how === 'paste' ? visitor.composer : visitor.log
    await target.evaluate(
      (element, { how, name, bytes }) => {
        const data = new DataTransfer()
        data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name, { type: 'image/png' }))
        const init = { bubbles: true, cancelable: true }
        if (how === 'paste') element.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: data }))
        else
          for (const type of ['dragenter', 'dragover', 'drop'])
            element.dispatchEvent(new DragEvent(type, { ...init, dataTransfer: data }))
      },
      { how, name, bytes: bytes.toString('base64') },
    )
    await tray(visitor).getByRole('img', { name }).waitFor()
  }

  test('are pasted and dropped, taken back, sent, seen by the others in their size and by a model that can see', async () => {
    const [ada, grace] = [await host.arrives('Vera'), await host.arrives('Wim')]
    await ada.signsUp()
    await ada.createsRoom('gallery', 'fake/large')
    await grace.signsUp()
    await grace.joinsRoom('gallery')

    await gives(ada, 'paste', 'pasted.png', await png(300, 200))
    await gives(ada, 'drop', 'dropped.png', await png(1200, 600))
    await gives(ada, 'drop', 'regretted.png', await png(50, 50))
    await ada.presses('Remove regretted.png')
    await tray(ada).getByRole('img', { name: 'regretted.png' }).waitFor({ state: 'detached' })
    await ada.composer.fill('@assistant what do you see?')
    const send = ada.page.getByRole('button', { name: 'Send', exact: true })
    await ada.until(() => document.querySelectorAll('picture-tray progress').length === 0, null)
    const before = host.provider.requests.length
    host.provider.next({ text: 'Two red rectangles.' })
    await send.click()
    await tray(ada).waitFor({ state: 'detached' })

    // The sizes are known before the bytes are there, so that nothing moves when they come.
    const row = await grace.sees('@assistant what do you see?')
    for (const [name, width, height] of [
      ['pasted.png', 300, 200],
      ['dropped.png', 480, 240],
    ] as const) {
      const picture = row.getByRole('img', { name })
      await picture.waitFor()
      expect([name, await picture.getAttribute('width'), await picture.getAttribute('height')]).toEqual([
        name,
        String(width),
        String(height),
      ])
      await grace.until(
        ([name]) =>
          [...document.querySelectorAll('article img')].some(
            img => img.getAttribute('alt') === name && (img as HTMLImageElement).naturalWidth > 0,
          ),
        [name] as const,
      )
    }
    expect(await row.locator('message-pictures img').count()).toBe(2)

    await (await grace.sees('Two red rectangles.')).locator('[data-statistics]').waitFor()
    expect(host.provider.requests).toHaveLength(before + 1)
    const parts = host.provider.requests.at(-1)?.body.messages.at(-1)?.content
    expect(Array.isArray(parts) && parts.filter(part => part.type === 'image_url')).toHaveLength(2)
  })
})

describe('in a room that somebody moderates', () => {
  const manages = async (visitor: Visitor, name: string) => {
    await people(visitor)
      .getByRole('button', { name: `Manage ${name}` })
      .click()
    await dialog(visitor)
      .getByRole('button', { name: /Mute|Unmute/ })
      .waitFor()
  }

  test('who is muted reads so where they would write, and writes again afterwards', async () => {
    const { ada, grace } = await host.twoIn('quiet', ['Hedy', 'Iris'])
    await grace.composer.fill('half a thought')
    await manages(ada, 'Iris')
    await dialog(ada).getByRole('button', { name: 'Mute', exact: true }).click()
    await grace.page.getByRole('status').filter({ hasText: 'You are muted in this room' }).waitFor()
    expect(await grace.composer.isVisible()).toBe(false)
    await dialog(ada).getByRole('button', { name: 'Unmute', exact: true }).click()
    await grace.composer.waitFor()
    expect(await grace.composer.inputValue()).toBe('half a thought')
    await grace.composer.press('Enter')
    await ada.sees('half a thought')
  })

  test('who is removed is told, and the room leaves their list', async () => {
    const { ada, grace } = await host.twoIn('doorstep', ['Jean', 'Katy'])
    await ada.says('Nothing personal.')
    await grace.sees('Nothing personal.')
    await manages(ada, 'Katy')
    await dialog(ada)
      .getByRole('button', { name: /Remove from room/ })
      .click()
    await dialog(ada).getByRole('button', { name: 'Remove', exact: true }).click()
    await heading(grace, 'You are no longer in doorstep').waitFor()
    expect(await roomLink(grace, 'doorstep').count()).toBe(0)
    expect(await grace.rows('Nothing personal.').count()).toBe(0)
    await people(ada).getByText('@katy').waitFor({ state: 'detached' })
    await grace.page.getByRole('link', { name: 'Go to my rooms' }).click()
    await heading(grace, 'Welcome to GroupChat').waitFor()
  })
})

test('who is disabled by an admin is at the sign-in at once, and their page comes to rest there', async () => {
  const { grace } = await host.twoIn('exile', ['Lise', 'Mona'])
  // Their settings in another tab are as much theirs as the room.
  const settings = await grace.page.context().newPage()
  await settings.goto(`${host.server.url}/settings`)
  await settings.getByLabel('Display name').waitFor()
  const admin = await host.arrives('Root')
  await admin.opens('/sign-in')
  await admin.signsIn(admins_email)
  await admin.chooses('Settings and more', 'Administration')
  await admin.page.getByRole('link', { name: 'People' }).click()
  await admin.page.getByLabel('Search people').fill('mona')
  const person = admin.page.locator('[data-person=mona]')
  const asked: string[] = []
  grace.page.on('request', request => asked.push(new URL(request.url()).pathname))
  await person.getByRole('button', { name: 'Disable' }).click()
  await person.getByRole('alertdialog').getByRole('button', { name: 'Disable' }).click()
  const disabled = performance.now()
  await person.getByText('disabled', { exact: true }).waitFor()
  await signInPage(grace)
  await grace.page.getByText('Your account was disabled by an administrator.').waitFor()
  await settings.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(performance.now() - disabled).toBeLessThan(3_000)

  await grace.signsIn('mona@example.org')
  await grace.page.getByRole('alert').waitFor()
  // Long enough for anything that asks over and over to show itself.
  await Bun.sleep(1_500)
  // Once it looked whether it may listen again, once the person tried to come back.
  expect(asked.filter(path => path.startsWith('/api/'))).toEqual(['/api/events', '/api/auth/login'])
  expect(new URL(grace.page.url()).pathname).toBe('/sign-in')
})

describe('settings', () => {
  /** The same person at another browser, where they are already signed in. */
  async function alsoAt(name: string, userAgent: string) {
    const other = await host.arrives(name, { userAgent })
    await other.opens('/sign-in')
    await other.signsIn()
    await heading(other, 'Welcome to GroupChat').waitFor()
    return other
  }
  const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

  test('list the other session, and end it', async () => {
    const nina = await host.arrives('Nina')
    await nina.signsUp()
    const other = await alsoAt('Nina', FIREFOX)
    await nina.opens('/settings')
    const sessions = nina.page.locator('[data-session]')
    const ends = nina.page.getByRole('button', { name: /^End the session of Firefox/ })
    await ends.waitFor()
    expect(await sessions.count()).toBe(2)
    expect(await sessions.filter({ hasText: 'This browser' }).count()).toBe(1)
    await ends.click()
    await signInPage(other)
    await ends.waitFor({ state: 'detached' })
    expect(await sessions.count()).toBe(1)
    await nina.opens('/')
    await heading(nina, 'Welcome to GroupChat').waitFor()
  })

  test('change the password, which signs every other browser out', async () => {
    const olive = await host.arrives('Olive')
    await olive.signsUp()
    const other = await alsoAt('Olive', FIREFOX)
    await olive.opens('/settings')
    await olive.page.getByLabel('Current password').fill('not this one')
    await olive.page.getByLabel('New password').fill('a better one entirely')
    await olive.presses('Change password')
    await olive.page.getByText(/password is (wrong|not right|incorrect)|wrong password/i).waitFor()
    await olive.page.getByLabel('Current password').fill('correct horse battery')
    await olive.page.getByLabel('New password').fill('a better one entirely')
    await olive.presses('Change password')
    await signInPage(other)
    await olive.page.getByText('Changed. Your other sessions were signed out.').waitFor()
    await other.signsIn('olive@example.org')
    await other.page.getByRole('alert').waitFor()
    await other.signsIn('olive@example.org', 'a better one entirely')
    await heading(other, 'Welcome to GroupChat').waitFor()
  })
})
