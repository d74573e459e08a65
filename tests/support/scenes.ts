import type { Locator, Page } from 'playwright-core'
import type { House } from './house.ts'
import type { Visitor } from './visitor.ts'

/** One page in one state, and how to get there. */
export type Scene = {
  name: string
  /** Who looks; somebody without an account where nobody is named. */
  as?: 'mira' | 'yuki'
  /** For the first time at this browser. */
  is_new?: true
  /** Only where everything stands in one column. */
  narrow?: true
  show: (stage: Stage) => Promise<unknown>
}

/** Leads somebody there. Whoever has been here before was asked about notifications long ago. */
export async function play(scene: Scene, stage: Stage) {
  if (scene.as) await stage.visitor.isSignedIn(stage.house.people[scene.as])
  if (!scene.is_new) await stage.page.addInitScript(() => localStorage.setItem('notifications-offered', 'yes'))
  await scene.show(stage)
}

export type Stage = { house: House; visitor: Visitor; page: Page; is_narrow: boolean }

const dialog = (page: Page) => page.getByRole('dialog')

async function launch({ house, visitor }: Stage, room = house.rooms.launch) {
  await visitor.opens(`/rooms/${room.id}`)
  await visitor.composer.waitFor()
  await visitor.until(() => document.querySelector('article, .beginning, room-beginning'), null)
}

/** The details stand beside the room where there is space, and are called where there is none. */
async function details({ page }: Stage) {
  const aside = page.locator('#details')
  if (!(await aside.isVisible())) await page.getByRole('button', { name: 'Details', exact: true }).click()
  await aside.waitFor()
}

async function list({ page }: Stage) {
  const rooms = page.getByRole('navigation', { name: 'Rooms' })
  if (!(await rooms.isVisible())) await page.getByRole('button', { name: 'Rooms', exact: true }).first().click()
  await rooms.waitFor()
}

/** By the button, as Enter breaks the line where there is no keyboard. */
async function send({ visitor, page }: Stage, text: string) {
  await visitor.composer.fill(text)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
}

/** The row that says this, in view. */
async function row({ visitor, page }: Stage, text: string) {
  const found = visitor.rows(text).first()
  await found.waitFor()
  await found.evaluate(element => element.scrollIntoView({ block: 'center' }))
  await page.mouse.move(0, 0)
  return found
}

async function keyOn(stage: Stage, text: string, key: string) {
  const found = await row(stage, text)
  await found.focus()
  await found.press(key)
}

/** A finger that rests on it. */
async function calledByFinger(found: Locator) {
  const place = found.locator('.body')
  const { x, y } = (await place.boundingBox()) ?? { x: 0, y: 0 }
  await place.dispatchEvent('pointerdown', { pointerType: 'touch', bubbles: true, clientX: x + 20, clientY: y + 10 })
}

export const SCENES: Scene[] = [
  {
    name: 'sign-in',
    async show({ visitor }) {
      await visitor.opens('/sign-in')
      await visitor.page.getByLabel('Email').waitFor()
    },
  },
  {
    name: 'sign-in-refused',
    async show({ visitor, page }) {
      await visitor.opens('/sign-in')
      await visitor.signsIn('mira@example.org', 'not this one')
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'sign-in-without-nostr',
    async show({ visitor, page }) {
      await visitor.opens('/sign-in')
      await visitor.presses('Continue with Nostr')
      await page.getByText('No Nostr extension was found').waitFor()
    },
  },
  {
    name: 'sign-up',
    async show({ visitor, page }) {
      await visitor.opens('/sign-up')
      await page.getByLabel('Name', { exact: true }).waitFor()
    },
  },
  {
    name: 'sign-up-refused',
    async show({ visitor, page }) {
      await visitor.opens('/sign-up')
      await page.getByLabel('Name', { exact: true }).fill('Ada')
      await page.getByLabel('Email').fill('ada')
      await page.getByLabel('Password', { exact: true }).fill('short')
      await visitor.presses('Sign up', 'Create account')
      await page.locator('[aria-invalid=true]').first().waitFor()
    },
  },
  {
    name: 'invite',
    async show({ visitor, house, page }) {
      const { url } = await house.people.mira.must<{ url: string }>('POST', '/api/invites', {
        room_id: house.rooms.board.id,
      })
      await visitor.opens(new URL(url).pathname)
      await page.getByText('invites you to talk').waitFor()
    },
  },
  {
    name: 'invite-over',
    async show({ visitor, page }) {
      await visitor.opens('/invite/over')
      await page.getByRole('heading', { name: 'This invitation is over' }).waitFor()
    },
  },
  {
    name: 'reset',
    async show({ visitor, page }) {
      await visitor.opens('/reset/anything')
      await page.getByRole('button').first().waitFor()
    },
  },
  {
    name: 'unreachable',
    async show({ visitor, page }) {
      await page.route('**/api/auth/me', route => route.abort('connectionfailed'))
      await visitor.opens('/')
      await page.getByRole('heading', { name: 'The server cannot be reached' }).waitFor()
      await page.unroute('**/api/auth/me')
    },
  },
  { name: 'room', as: 'mira', show: stage => launch(stage) },
  {
    name: 'room-beginning',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.page.getByRole('log').locator('..').first().waitFor()
      await row(stage, 'The rehearsal went through')
    },
  },
  {
    name: 'room-answer',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      const answer = await row(stage, 'One writer at a time')
      await answer.evaluate(element => {
        for (const details of element.querySelectorAll('details')) details.open = true
      })
      await answer.locator('search-results li').first().waitFor()
    },
  },
  {
    // The picture of the read-me.
    name: 'read-me',
    as: 'mira',
    async show(stage) {
      await launch(stage, stage.house.rooms.storage)
      await stage.visitor.rows('Then it is the second').first().waitFor()
      await stage.house.people.yuki.must('POST', `/api/rooms/${stage.house.rooms.storage.id}/typing`)
      await stage.page
        .getByText(/typing/)
        .first()
        .waitFor()
    },
  },
  {
    name: 'room-row-pointed-at',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await (await row(stage, 'That settles it')).hover()
    },
  },
  {
    name: 'room-details',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await details(stage)
    },
  },
  {
    name: 'notification-offer',
    as: 'mira',
    is_new: true,
    show: stage => launch(stage),
  },
  {
    name: 'room-empty',
    as: 'mira',
    async show(stage) {
      await launch(stage, stage.house.rooms.quiet)
    },
  },
  {
    name: 'room-direct',
    as: 'mira',
    async show(stage) {
      await launch(stage, stage.house.rooms.direct)
    },
  },
  {
    name: 'room-mention',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.visitor.composer.pressSequentially('Ask @')
      await stage.page.getByRole('listbox').waitFor()
    },
  },
  {
    name: 'room-drafting',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.page.getByLabel('Pictures', { exact: true }).setInputFiles({
        name: 'night-shift.png',
        mimeType: 'image/png',
        buffer: stage.house.sketch,
      })
      await stage.visitor.composer.fill('@assistant what does this show?\n\nAnd is it **worse** than last week?')
      await stage.visitor.until(
        () => document.querySelector('picture-tray img') && !document.querySelector('picture-tray progress'),
        null,
      )
    },
  },
  {
    name: 'room-dropping',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.visitor.log.evaluate(element => {
        const data = new DataTransfer()
        data.items.add(new File(['x'], 'x.png', { type: 'image/png' }))
        element.dispatchEvent(new DragEvent('dragenter', { bubbles: true, cancelable: true, dataTransfer: data }))
      })
      await stage.page.getByText('Drop pictures here').waitFor()
    },
  },
  {
    name: 'room-picture',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      const drafts = await row(stage, 'Two drafts of the landing page')
      await drafts.getByRole('img', { name: 'draft-one.png' }).click()
      await dialog(stage.page).waitFor()
    },
  },
  {
    name: 'room-list',
    as: 'mira',
    narrow: true,
    async show(stage) {
      await launch(stage)
      await list(stage)
    },
  },
  {
    name: 'room-not-sent',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.page.route('**/api/rooms/*/messages', route =>
        route.request().method() === 'POST'
          ? route.fulfill({
              status: 503,
              contentType: 'application/problem+json',
              body: '{"detail":"The server is being restarted."}',
            })
          : route.continue(),
      )
      await send(stage, 'Does anybody have the numbers of last week?')
      const failed = await stage.visitor.sees('Does anybody have the numbers')
      await failed.getByRole('button', { name: 'Retry' }).waitFor()
      await stage.page.unroute('**/api/rooms/*/messages')
      await failed.scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'room-typing',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      const { jonas, lea } = stage.house.people
      for (const person of [jonas, lea]) await person.must('POST', `/api/rooms/${stage.house.rooms.launch.id}/typing`)
      await stage.page
        .getByText(/typing/)
        .first()
        .waitFor()
    },
  },
  {
    name: 'room-offline',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.page.context().setOffline(true)
      await stage.page
        .getByRole('status')
        .filter({ hasText: /offline|connect/i })
        .first()
        .waitFor()
    },
  },
  {
    name: 'room-missing',
    as: 'mira',
    async show({ visitor, page }) {
      await visitor.opens('/m/abcdef')
      await page.getByRole('heading', { name: /not/i }).first().waitFor()
    },
  },
  {
    name: 'not-found',
    as: 'mira',
    async show({ visitor, page }) {
      await visitor.opens('/rooms/01a1f85d-c57d-724b-977a-17d04041c5cf')
      await page.getByRole('heading').first().waitFor()
    },
  },
  {
    name: 'message-menu',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await calledByFinger(await row(stage, 'That settles it'))
      await stage.page.getByRole('menuitem', { name: 'Reply' }).waitFor()
    },
  },
  {
    name: 'message-reacting',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await keyOn(stage, 'That settles it', '+')
      await stage.page.getByRole('listbox', { name: 'Emoji' }).getByRole('option').first().waitFor()
    },
  },
  {
    name: 'message-editing',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await keyOn(stage, 'Yes, before noon', 'e')
      await stage.page.getByLabel('Edit message').waitFor()
    },
  },
  {
    name: 'message-replying',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await keyOn(stage, 'That settles it', 'r')
      await stage.page.getByText('Replying to').waitFor()
      await stage.visitor.composer.fill('It is done: three lines, as promised.')
    },
  },
  {
    name: 'message-history',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await calledByFinger(await row(stage, 'Yes, before noon'))
      await stage.page.getByRole('menuitem', { name: 'Earlier versions' }).click()
      await dialog(stage.page).getByText('Yes, by noon').waitFor()
    },
  },
  {
    name: 'message-deleting',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await keyOn(stage, 'Yes, before noon', 'Delete')
      await dialog(stage.page)
        .getByRole('button', { name: /Delete/ })
        .waitFor()
    },
  },
  {
    name: 'composer-commands',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.visitor.composer.pressSequentially('/')
      await stage.page.getByRole('option', { name: /topic/ }).waitFor()
    },
  },
  {
    name: 'composer-emoji',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.visitor.composer.pressSequentially('Well done :ta')
      await stage.page.getByRole('option').first().waitFor()
    },
  },
  {
    name: 'composer-command-refused',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await send(stage, '/dance')
      await stage.page.getByText(/dance/).last().waitFor()
    },
  },
  {
    name: 'clearing',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await send(stage, '/clear')
      await dialog(stage.page)
        .getByRole('button', { name: /^Clear/ })
        .waitFor()
    },
  },
  {
    name: 'switcher',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.page.keyboard.press('Control+k')
      await stage.page.getByRole('option').first().waitFor()
    },
  },
  {
    name: 'switcher-searching',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.page.keyboard.press('Control+k')
      await stage.page.getByRole('option').first().waitFor()
      await stage.page.keyboard.type('le')
      await stage.page.getByRole('option', { name: /Lea/ }).first().waitFor()
    },
  },
  {
    name: 'help',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.page.locator('body').evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      await stage.page.keyboard.press('?')
      await dialog(stage.page).getByText('Keyboard shortcuts').first().waitFor()
    },
  },
  {
    name: 'room-menu',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await list(stage)
      const options = stage.page.getByRole('button', { name: 'Options for design' })
      await options.focus()
      await options.press('Enter')
      await stage.page.getByRole('menu').waitFor()
    },
  },
  {
    name: 'self-menu',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await list(stage)
      await stage.visitor.presses('Settings and more')
      await stage.page.getByRole('menu').waitFor()
    },
  },
  {
    name: 'leaving',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await details(stage)
      await stage.page.getByRole('button', { name: /Leave room/ }).click()
      await stage.page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'signed-out',
    as: 'yuki',
    async show(stage) {
      const { page } = stage
      await launch(stage, stage.house.rooms.reading)
      const answer = { status: 401, contentType: 'application/problem+json' }
      const detail = 'This session was ended: by signing out, from the list of sessions, or by a new password.'
      await page.route('**/api/rooms/*/messages', route =>
        route.fulfill({ ...answer, body: JSON.stringify({ detail }) }),
      )
      await send(stage, 'Anybody here?')
      await page.getByText('You were signed out.').waitFor()
    },
  },
  {
    name: 'outdated',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await stage.page.evaluate(() => dispatchEvent(new Event('vite:preloadError')))
      await stage.page.getByRole('button', { name: 'Reload' }).waitFor()
    },
  },
  {
    name: 'create-room',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await list(stage)
      await stage.visitor.presses('New room')
      await dialog(stage.page).getByLabel('Room name').fill('winter-party')
      await dialog(stage.page).getByLabel('Model').click()
      await stage.page.getByRole('option').first().waitFor()
    },
  },
  {
    name: 'browse-rooms',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await list(stage)
      await stage.visitor.presses('Browse rooms')
      await stage.page
        .getByRole('button', { name: /^Join / })
        .first()
        .waitFor()
    },
  },
  {
    name: 'room-settings',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await details(stage)
      await stage.page.getByRole('button', { name: /Room settings/ }).click()
      await dialog(stage.page).getByLabel('Room name').waitFor()
    },
  },
  {
    name: 'invite-people',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await details(stage)
      await stage.visitor.presses('Invite people')
      await dialog(stage.page).getByRole('button', { name: 'Create link' }).click()
      await dialog(stage.page).getByLabel('Invite link').waitFor()
    },
  },
  {
    name: 'member',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await details(stage)
      await stage.page.getByRole('button', { name: 'Manage Jonas Weber' }).click()
      await dialog(stage.page).getByRole('button', { name: 'Mute', exact: true }).waitFor()
    },
  },
  {
    name: 'member-removing',
    as: 'mira',
    async show(stage) {
      await launch(stage)
      await details(stage)
      await stage.page.getByRole('button', { name: 'Manage Tariq Haddad' }).click()
      await dialog(stage.page)
        .getByRole('button', { name: /Remove from room/ })
        .click()
      await stage.page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'search',
    as: 'mira',
    async show({ visitor, page }) {
      await visitor.opens('/search?q=the')
      await page.locator('mark').first().waitFor()
    },
  },
  {
    name: 'search-beginning',
    as: 'mira',
    async show({ visitor, page }) {
      await visitor.opens('/search')
      await page.getByRole('heading', { name: 'Search everything said in your rooms' }).waitFor()
    },
  },
  {
    name: 'search-suggesting',
    as: 'mira',
    async show({ visitor, page }) {
      await visitor.opens('/search')
      await page.getByLabel('Search messages').pressSequentially('from:')
      await page.getByRole('option').nth(2).waitFor()
    },
  },
  {
    name: 'search-nothing',
    as: 'mira',
    async show({ visitor, page }) {
      await visitor.opens('/search?q=unicorn')
      await page
        .getByText(/nothing|no message/i)
        .first()
        .waitFor()
    },
  },
  {
    name: 'inbox',
    as: 'mira',
    async show({ visitor, page }) {
      await visitor.opens('/inbox')
      await page.getByText('That settles it').first().waitFor()
    },
  },
  {
    name: 'inbox-empty',
    as: 'yuki',
    async show({ visitor, page }) {
      await visitor.opens('/inbox')
      await page.getByRole('heading').first().waitFor()
    },
  },
  {
    name: 'settings',
    as: 'mira',
    async show({ visitor, page }) {
      await visitor.opens('/settings')
      await page.getByLabel('Display name').waitFor()
      await page.locator('[data-session]').first().waitFor()
    },
  },
  {
    name: 'settings-picture',
    as: 'mira',
    async show({ visitor, page, house }) {
      await visitor.opens('/settings')
      await page
        .getByLabel('Picture file')
        .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: house.sketch })
      await page.getByRole('button', { name: 'Use this picture' }).waitFor()
    },
  },
  {
    name: 'admin-status',
    as: 'mira',
    async show({ visitor, page }) {
      await visitor.opens('/admin')
      await page.getByRole('heading', { level: 2 }).first().waitFor()
    },
  },
  {
    name: 'admin-people',
    as: 'mira',
    async show({ visitor, page }) {
      await visitor.opens('/admin/people')
      const person = page.locator('[data-person=jonas-weber]')
      await person.getByRole('button', { name: 'Reset link' }).click()
      await person.getByLabel('Link for a new password').waitFor()
    },
  },
  {
    name: 'admin-rooms',
    as: 'mira',
    async show({ visitor, page }) {
      await visitor.opens('/admin/rooms')
      await page.getByText('launch-week').first().waitFor()
    },
  },
]
