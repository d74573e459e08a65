import { expect, test } from 'bun:test'
import { party } from '../support/party.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()
/** Nobody presses the same key more often than this to get somewhere on one page. */
const STEPS_MAX = 60

/** Of the element that has the focus, its name where it fits and the focus can be seen; runs within the page. */
function focusShown(wanted: string): string | null {
  const element = document.activeElement
  if (!element || element === document.body || !element.matches(':focus-visible')) return null
  const { ariaLabel, labels, textContent } = element as HTMLInputElement
  const name = (ariaLabel ?? labels?.[0]?.textContent ?? textContent ?? '').replace(/\s+/g, ' ').trim()
  if (!new RegExp(wanted).test(name)) return null
  const probe = document.createElement('i')
  probe.className = 'text-button'
  document.body.append(probe)
  const accent = getComputedStyle(probe).color
  probe.remove()
  const style = getComputedStyle(element)
  if (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0) return name
  // Fields are framed, some of them with what stands around them; of a menu the item is filled.
  for (let around: Element | null = element, n = 0; around && n < 4; around = around.parentElement, n++) {
    const { borderTopColor, borderBottomColor, boxShadow } = getComputedStyle(around)
    if (borderTopColor === accent || borderBottomColor === accent || boxShadow.includes(accent)) return name
  }
  const other = element.nextElementSibling ?? element.previousElementSibling
  const filled = other && getComputedStyle(other).backgroundColor !== style.backgroundColor
  return element.role === 'menuitem' && filled ? name : null
}

const focused = () => document.activeElement?.outerHTML.slice(0, 200) ?? 'nothing'

/** Somebody who has a keyboard and eyes, and no mouse. */
function typist(visitor: Visitor) {
  const { page } = visitor

  const self = {
    /** What has the focus, by the name that a screen reader gives it, once it is to be seen that it has. */
    async sees(name = /./): Promise<string> {
      const seen = await page.waitForFunction(focusShown, name.source).catch(() => null)
      if (!seen) throw new Error(`no visible focus at ${name}, but ${await page.evaluate(focused)}`)
      return String(await seen.jsonValue())
    },
    isAt: (name: RegExp) => self.sees(name),
    async presses(...keys: string[]) {
      for (const key of keys) await page.keyboard.press(key)
      await visitor.drawn()
    },
    /** Goes on with one key until it is there, and sees each step of the way. */
    async reaches(name: RegExp, key = 'Tab') {
      for (let steps = 0; steps < STEPS_MAX; steps++) {
        await page.keyboard.press(key)
        if (name.test(await self.sees())) return
      }
      throw new Error(`${key} does not lead to ${name}; it led to “${await self.sees()}” last`)
    },
    types: (text: string) => page.keyboard.type(text),
  }
  return self
}

test('everything that a day brings is done by keyboard, and the focus is always to be seen', async () => {
  const visitor = await host.arrives('Keya', { reducedMotion: 'reduce' })
  const hands = typist(visitor)
  const { page } = visitor

  await visitor.opens('/sign-up')
  await hands.isAt(/^Name/)
  await hands.types('Keya')
  await hands.reaches(/^Email/)
  await hands.types('keya@example.org')
  await hands.reaches(/^Password/)
  await hands.types('correct horse battery')
  await hands.presses('Enter')
  await page.getByRole('heading', { name: 'Welcome to GroupChat' }).waitFor()

  await hands.reaches(/^(New room|Make your first room)$/)
  await hands.presses('Enter')
  await hands.isAt(/^Room name/)
  await hands.types('typing-pool')
  await hands.reaches(/^Model/)
  await hands.types('fake/small')
  await page.getByRole('option', { name: /fake\/small/ }).waitFor()
  await hands.presses('Enter')
  await hands.reaches(/^Create room$/)
  await hands.presses('Enter')
  await hands.isAt(/^Message$/)

  for (const text of ['the first of three', 'the second of three', 'the third of three']) {
    await hands.types(text)
    await hands.presses('Enter')
    await page.locator('article[data-status=complete]', { hasText: text }).waitFor()
    await hands.isAt(/^Message$/)
  }

  // Reading, from the composer up.
  await hands.reaches(/^Keya, /, 'Shift+Tab')
  const reads = (text: string) =>
    visitor.until(
      text => document.activeElement?.closest('article')?.querySelector('.prose')?.textContent?.trim() === text,
      text,
    )
  await reads('the third of three')
  await hands.presses('ArrowUp')
  await reads('the second of three')
  await hands.sees()

  await hands.presses('e')
  await hands.isAt(/^Edit message$/)
  await hands.types(', mended')
  await hands.presses('Enter')
  await visitor.sees('the second of three, mended')
  await hands.isAt(/^Keya, /)

  await hands.presses('ArrowUp')
  await reads('the first of three')
  await hands.presses('r')
  await page.getByText('Replying to').waitFor()
  await hands.isAt(/^Message$/)
  await hands.types('an answer')
  await hands.presses('Enter')
  await (await visitor.sees('an answer')).getByRole('button', { name: 'In reply to' }).waitFor()
  await hands.isAt(/^Message$/)

  await hands.reaches(/^Keya, /, 'Shift+Tab')
  await hands.presses('+')
  await hands.isAt(/^Find an emoji$/)
  await hands.types('rocket')
  await page.getByRole('option', { name: 'rocket' }).waitFor()
  await hands.presses('Enter')
  await (await visitor.sees('an answer')).getByRole('button', { name: /🚀/ }).waitFor()
  await hands.isAt(/^Keya, /)
  await hands.presses('Escape')
  await hands.isAt(/^Message$/)

  // Searching, and to the place of what was found.
  await hands.presses('Control+Shift+F')
  await hands.isAt(/^Search messages$/)
  await hands.types('first of three')
  await page.locator('a.hit').first().waitFor()
  await hands.presses('ArrowDown')
  await hands.isAt(/first of three/)
  await hands.presses('Enter')
  await visitor.rows('the first of three').first().waitFor()
  await hands.sees()

  // Another room, and back.
  await hands.presses('Control+K')
  await hands.isAt(/^Jump to/)
  await hands.types('new room')
  await page
    .getByRole('option', { name: /New room/i })
    .first()
    .waitFor()
  await hands.presses('Enter')
  await hands.isAt(/^Room name/)
  await hands.types('annex')
  await hands.presses('Enter')
  await page.getByRole('heading', { name: 'annex' }).first().waitFor()
  await hands.isAt(/^Message$/)
  await hands.presses('Alt+ArrowDown')
  await page.getByRole('heading', { name: 'typing-pool' }).first().waitFor()
  await hands.isAt(/^Message$/)
  await hands.presses('Control+K')
  await hands.isAt(/^Jump to/)
  await hands.types('annex')
  await page.getByRole('option', { name: /annex/ }).first().waitFor()
  await hands.presses('Enter')
  await page.getByRole('heading', { name: 'annex' }).first().waitFor()
  await hands.isAt(/^Message$/)

  // What opens gives the focus back where it was when it closes.
  await hands.reaches(/^Details$/, 'Shift+Tab')
  await hands.presses('?')
  await page.getByRole('dialog').waitFor()
  await hands.presses('Escape')
  await hands.isAt(/^Details$/)
  await hands.reaches(/^Invite people$/)
  await hands.presses('Enter')
  await page.getByRole('dialog').waitFor()
  await hands.reaches(/^Create link$/)
  await hands.presses('Escape')
  await hands.isAt(/^Invite people$/)

  await hands.reaches(/^Sign out$/, 'Shift+Tab')
  await hands.presses('Enter')
  await hands.isAt(/^Email/)
  expect(new URL(page.url()).pathname).toBe('/sign-in')
})
