import { describe, expect, test } from 'bun:test'
import type { Message } from '../../src/shared/messages.ts'
import { party } from '../support/party.ts'
import { Person } from '../support/person.ts'
import { png, sends } from '../support/pictures.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()

/** A room full of messages by somebody who uses the API, and a visitor who has just joined it. */
async function longRoom(name: string, visitor: string, count: number) {
  const writer = await host.server.person(`${visitor}s friend`)
  const room = await writer.creates({ name, ai_mode: 'off' })
  const { visitor: reader, person } = await host.member(visitor)
  await person.joins(room)
  await reader.enters(room)
  for (let n = 1; n <= count; n++) await writer.says(room, `message number ${n}.`)
  return { writer, room, reader }
}

const scroll = (visitor: Visitor) =>
  visitor.log.evaluate(log => ({ top: log.scrollTop, bottom: log.scrollHeight - log.scrollTop - log.clientHeight }))
/** How far below the top of the window this text stands. Its row may grow or shrink above it: who wrote it is said once a run. */
const place = (visitor: Visitor, text: string) =>
  visitor
    .rows(text)
    .first()
    .evaluate(row => Math.round(row.querySelector('.body')?.getBoundingClientRect().top ?? 0))

describe('a room with pictures', () => {
  async function withPicture(name: string, visitor: string) {
    const { visitor: reader, person } = await host.member(visitor)
    const room = await person.creates({ name, ai_mode: 'off' })
    const { upload } = (await sends(person, room, await png(), 'roses.png')).body
    const message = { content: 'Look at this.', client_id: 'with-picture', attachment_ids: [upload.id] }
    await person.must('POST', `/api/rooms/${room.id}/messages`, message)
    return { reader, room }
  }

  test('appears with them in place', async () => {
    const { reader, room } = await withPicture('roses', 'Rosa')
    await reader.page.route('**/assets/parts-*.js', async route => {
      await Bun.sleep(300)
      await route.continue()
    })
    await reader.page.addInitScript(() => {
      const heights = new Set<number>()
      Object.assign(window, { heights })
      const look = () => {
        const row = document.querySelector('[role=log] article')
        if (row) heights.add(Math.round(row.getBoundingClientRect().height))
        requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
    await reader.enters(room)
    await reader.page.getByRole('img', { name: 'roses.png' }).waitFor()
    await reader.drawn()
    expect(await reader.page.evaluate(() => [...(Reflect.get(window, 'heights') as Set<number>)])).toHaveLength(1)
  })

  test('is not kept waiting for what shows them', async () => {
    const { reader, room } = await withPicture('violets', 'Viola')
    await reader.page.route('**/assets/parts-*.js', () => {})
    await reader.enters(room)
    await reader.sees('Look at this.')
    expect(await reader.page.locator('message-pictures').count()).toBe(0)
  })
})

describe('a long room', () => {
  test('opens at the first unread message, under a line that says “New”', async () => {
    const { reader, room, writer } = await longRoom('unread', 'Una', 30)
    await reader.sees('message number 30.')
    await reader.hasRead(room)
    await reader.createsRoom('unas-own', 'fake/small')
    const others = Array.from({ length: 40 }, (_, n) => `while away ${n + 1}.`)
    for (const text of others) await writer.says(room, text)
    await reader.page
      .getByRole('link', { name: /unread/ })
      .first()
      .waitFor()
    await reader.opens(`/rooms/${room.id}`)
    await reader.page.getByRole('separator', { name: /^New/ }).waitFor()
    const line = await reader.page.getByRole('separator', { name: /^New/ }).boundingBox()
    const first = await reader.rows('while away 1.').first().boundingBox()
    expect(line?.y ?? 9_999).toBeLessThan(900)
    expect((first?.y ?? 0) - (line?.y ?? 0)).toBeGreaterThan(0)
    expect((first?.y ?? 0) - (line?.y ?? 0)).toBeLessThan(80)
  })

  test('stays where one reads while others write, and jumps when asked', async () => {
    const { reader, room, writer } = await longRoom('scrolling', 'Vera', 60)
    await reader.sees('message number 60.')
    await reader.until(log => {
      const element = document.querySelector(log)
      return element && element.scrollHeight - element.scrollTop - element.clientHeight < 100
    }, '[role=log]')
    await reader.log.hover()
    await reader.page.mouse.wheel(0, -900)
    await Bun.sleep(400)
    const before = await scroll(reader)
    expect(before.bottom).toBeGreaterThan(300)
    for (const n of [1, 2, 3]) await writer.says(room, `news ${n}`)
    const jump = reader.page.getByRole('button', { name: /Jump to latest \(3\)/ })
    await jump.waitFor()
    expect((await scroll(reader)).top).toBe(before.top)
    await jump.click()
    await reader.until(log => {
      const element = document.querySelector(log)
      return element && element.scrollHeight - element.scrollTop - element.clientHeight < 5
    }, '[role=log]')
    await jump.waitFor({ state: 'detached' })
  })

  test('loads older messages without a jump', async () => {
    const { reader, room } = await longRoom('history', 'Wim', 130)
    await reader.hasRead(room)
    await reader.page.reload()
    await reader.sees('message number 130.')
    await reader.log.hover()
    const loaded = () => reader.log.locator('article').count()
    let count = await loaded()
    expect(count).toBeLessThan(130)
    for (let turn = 0; turn < 400 && (await reader.rows('message number 1.').count()) === 0; turn++) {
      await reader.page.mouse.wheel(0, -1_500)
      await Bun.sleep(60)
    }
    await reader.sees('message number 1.')
    count = await loaded()
    const texts = (await reader.log.locator('article').allInnerTexts()).flatMap(text => text.match(/number \d+/g) ?? [])
    expect(texts).toEqual(Array.from({ length: count }, (_, n) => `number ${n + 1}`))
  })

  test('does not move what one reads when older messages come in above it', async () => {
    const { reader, room } = await longRoom('anchored', 'Xena', 120)
    // As many as are unread are loaded at once; this is about what is not.
    await reader.hasRead(room)
    await reader.page.reload()
    await reader.sees('message number 120.')
    // Hold the next page back until the reader has come to rest at the top.
    const gate = Promise.withResolvers<void>()
    await reader.page.route('**/messages?*before=*', async route => {
      await gate.promise
      await route.continue()
    })
    const asked = reader.page.waitForRequest(/before=/)
    await reader.log.evaluate(log => log.scrollTo(0, 0))
    await asked
    await reader.drawn()
    const first = await reader.log.locator('article').first().innerText()
    const text = first.match(/message number \d+\./)?.[0] ?? ''
    const before = await place(reader, text)
    const count = await reader.log.locator('article').count()
    gate.resolve()
    await reader.until(known => document.querySelectorAll('[role=log] article').length > known, count)
    await reader.drawn()
    expect(Math.abs((await place(reader, text)) - before)).toBeLessThanOrEqual(2)
  })
})

test('End leads from the middle of a room to its newest message, and the keyboard stays in the conversation', async () => {
  const { reader, writer, room } = await longRoom('ended', 'Gil', 120)
  const messages = await writer.reads(room, '?limit=200')
  const target = messages.find(message => message.content === 'message number 20.') as Message
  await reader.opens(`/m/${target.hash}`)
  await reader.sees('message number 20.')
  expect(await reader.rows('message number 120.').count()).toBe(0)
  await reader.until(() => document.activeElement?.matches('article'), null)
  await reader.page.keyboard.press('End')
  await reader.sees('message number 120.')
  await reader.hasRead(room)
  expect(await reader.rows('message number 20.').count()).toBe(0)
  await reader.until(() => document.activeElement?.matches('[role=log], [role=log] *'), null)
  expect((await scroll(reader)).bottom).toBeLessThan(5)
})

describe('a permalink', () => {
  test('opens its message in the middle for a member, and nothing for a stranger', async () => {
    const { reader, writer, room } = await longRoom('linked', 'Yara', 90)
    const messages = await writer.reads(room, '?limit=200')
    const target = messages.find(message => message.content === 'message number 20.') as Message
    await reader.opens(`/m/${target.hash}`)
    const row = await reader.sees('message number 20.')
    await Bun.sleep(600)
    const box = await row.boundingBox()
    expect(box?.y ?? 0).toBeGreaterThan(150)
    expect(box?.y ?? 0).toBeLessThan(700)

    const { visitor: stranger } = await host.member('Zed')
    await stranger.opens(`/m/${target.hash}`)
    await stranger.page.getByText('There is nothing here for you').first().waitFor()
    expect(await stranger.rows('message number 20.').count()).toBe(0)
  })

  test('is where one gets to after signing in', async () => {
    const { reader, writer, room } = await longRoom('after-signing-in', 'Amos', 3)
    const target = (await writer.reads(room))[0] as Message
    await reader.presses('Sign out')
    await reader.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await reader.opens(`/m/${target.hash}`)
    await reader.signsIn()
    await reader.sees('message number 1.')
  })
})

test('a picture from elsewhere is told by a link with its whole address, and nobody is asked for it', async () => {
  const { reader, writer, room } = await longRoom('pictured', 'Fay', 1)
  await reader.sees('message number 1.')
  const address = 'https://pictures.invalid/a/very/long/path/to/cat.png?who=fay&size=2'
  await writer.says(room, `look ![a cat](${address}) there`)
  const row = await reader.sees(`look Picture “a cat” at ${address} there`)
  const link = row.getByRole('link', { name: `Picture “a cat” at ${address}`, exact: true })
  expect(await link.getAttribute('href')).toBe(address)
  expect(await link.getAttribute('target')).toBe('_blank')
  expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow')
  await link.hover()
  await link.focus()
  await reader.drawn()
  expect(await row.locator('img[src*="pictures.invalid"]').count()).toBe(0)
  expect({ complaints: reader.complaints, foreign: reader.foreign }).toEqual({ complaints: [], foreign: [] })
  // A click asks for it in a window of its own; here nobody is let out.
  const asked: string[] = []
  await reader.page.context().route('https://pictures.invalid/**', route => {
    asked.push(route.request().url())
    return route.fulfill({ contentType: 'text/plain', body: 'a cat' })
  })
  const [opened] = await Promise.all([reader.page.context().waitForEvent('page'), link.click()])
  await opened.waitForURL(address)
  expect(asked).toEqual([address])
  expect(await opened.evaluate(() => [document.referrer, window.opener])).toEqual(['', null])
  await opened.close()
  expect({ complaints: reader.complaints, foreign: reader.foreign }).toEqual({ complaints: [], foreign: [] })
})

describe('unread counts', () => {
  test('appear beside a room and in the title while one is elsewhere, and go when it is read', async () => {
    const { reader, writer, room } = await longRoom('counted', 'Bea', 2)
    await reader.sees('message number 2.')
    await reader.hasRead(room)
    await reader.createsRoom('beas-own', 'fake/small')
    await writer.says(room, 'one')
    await writer.says(room, 'two @bea')
    const link = reader.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: /counted/ })
    await reader.until(() => document.title.includes('('), null)
    expect(await link.innerText()).toMatch(/[12]/)
    await link.click()
    await reader.sees('two @bea')
    await reader.until(() => !document.title.includes('('), null)
  })
})

describe('signing out', () => {
  test('in one tab leaves the other signed out too', async () => {
    const { visitor: reader } = await host.member('Cara')
    await reader.opens('/')
    const second = await reader.page.context().newPage()
    await second.goto(`${host.server.url}/`)
    await second.getByRole('button', { name: 'Sign out' }).waitFor()
    await reader.presses('Sign out')
    await reader.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await second.getByRole('heading', { name: 'Sign in' }).waitFor()
  })
})

test('a person with a token and one at a browser talk in the same room', async () => {
  const { ada } = await host.twoIn('bots', ['Dora', 'Egon'])
  const bot = await Person.register(host.server.url, {
    email: 'bot@example.org',
    password: 'correct horse',
    display_name: 'Bot',
  })
  const { rooms } = await bot.must<{ rooms: { id: string; name: string }[] }>('GET', '/api/rooms/directory')
  const room = rooms.find(each => each.name === 'bots')
  await bot.joins(room ?? { id: '' })
  await bot.says(room ?? { id: '' }, 'beep')
  await ada.sees('beep')
})
