import { describe, expect, test } from 'bun:test'
import type { Locator } from 'playwright-core'
import type { Room } from '../../src/shared/rooms.ts'
import { markAsRead, writeConversation } from '../support/long-conversation.ts'
import { party } from '../support/party.ts'
import { seenWhile, watchFrames } from '../support/steadiness.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()
const ROWS_MAX = 300

/** A room with a long past, and a visitor in it who has read a part of it. */
async function pastOf(name: string, visitor: string, count: number, read: number) {
  const writer = await host.server.person(`${visitor}s friend`)
  const room = await writer.creates({ name, ai_mode: 'off' })
  const { visitor: reader, person } = await host.member(visitor)
  await person.joins(room)
  writeConversation(host.server.dataDir, { room_id: room.id, count, authors: [writer.user] })
  markAsRead(host.server.dataDir, room.id, person.user.id, read)
  await watchFrames(reader.page)
  await reader.enters(room)
  // Pictures, reactions and what else is not needed at once come right after the texts, and the page grows by them once.
  await reader.log.locator('message-below').first().waitFor({ state: 'attached' })
  await reader.drawn()
  return { writer, room, reader }
}

/** Brings a message near, page by page, as somebody reads who holds a key down or drags the bar to its end. */
async function readsTo({ log, page }: Visitor, how: 'PageUp' | 'PageDown' | 'the end of what is here', seq: number) {
  await log.focus()
  for (let is_here = false; !is_here; ) {
    if (how === 'the end of what is here') await log.evaluate(log => log.scrollTo(0, log.scrollHeight))
    else await page.keyboard.press(how)
    is_here = await page.evaluate(async at => {
      await new Promise(requestAnimationFrame)
      return document.querySelector(`[role=log] [data-seq="${at}"]`) !== null
    }, seq)
  }
  await comesToRest(log)
}

/** A key pushes the page for some frames more, and pages that are still coming in move what is above and below. */
function comesToRest(log: Locator) {
  return log.evaluate(async log => {
    const RESTING = 20
    for (let frames = 0, top = -1, height = -1; frames < RESTING; frames++) {
      if (log.scrollTop !== top || log.scrollHeight !== height) frames = 0
      top = log.scrollTop
      height = log.scrollHeight
      await new Promise(requestAnimationFrame)
    }
  })
}

const unreadCount = ({ page }: Visitor, room: Room) =>
  page.evaluate(async id => {
    const { rooms } = await (await fetch('/api/rooms')).json()
    return rooms.find((one: { id: string }) => one.id === id).unread_count
  }, room.id)

describe('a room with a thousand unread messages', () => {
  test('opens at the first of them, is read to the end and then read', async () => {
    const { reader, room } = await pastOf('thousands', 'Ulla', 1_060, 50)
    await reader.page.getByRole('separator', { name: /^New/ }).waitFor()
    const line = await reader.page.getByRole('separator', { name: /^New/ }).boundingBox()
    const first = await reader.rows('message number 51.').boundingBox()
    expect(line?.y ?? 0).toBeGreaterThan(0)
    expect(line?.y ?? 9_999).toBeLessThan(450)
    expect((first?.y ?? 0) - (line?.y ?? 0)).toBeGreaterThan(0)
    expect((first?.y ?? 0) - (line?.y ?? 0)).toBeLessThan(80)
    const jump = reader.page.getByRole('button', { name: /Jump to latest \(\d+\)/ })
    const below = Number(/\d+/.exec(await jump.innerText())?.[0])
    expect(below).toBeGreaterThan(980)
    expect(below).toBeLessThanOrEqual(1_010)
    const seen = await seenWhile(reader.page, -1, async () => {
      await readsTo(reader, 'the end of what is here', 850)
      // Nobody has seen the end yet. More than so many are not counted.
      expect(await unreadCount(reader, room)).toBe(1_000)
      await readsTo(reader, 'the end of what is here', 1_060)
    })
    expect(seen.rows).toBeLessThanOrEqual(ROWS_MAX)
    await reader.page.keyboard.press('End')
    await reader.hasRead(room)
    await jump.waitFor({ state: 'detached' })
  })

  test('can be left for its end at once', async () => {
    const { reader, room } = await pastOf('skipped', 'Vito', 1_100, 0)
    await reader.sees('message number 1.')
    await reader.page.getByRole('button', { name: /Jump to latest \(\d+\)/ }).click()
    await reader.sees('message number 1100.')
    await reader.hasRead(room)
    expect(await reader.rows('message number 1.').count()).toBe(0)
  })
})

describe('what is read', () => {
  test('moves as far as it is pushed and no further, while pages come and go around it', async () => {
    const { reader } = await pastOf('pushed', 'Wanda', 600, 600)
    await reader.sees('message number 600.')
    const up = await seenWhile(reader.page, 1, () => readsTo(reader, 'PageUp', 250))
    expect(await reader.rows('message number 600.').count()).toBe(0)
    const down = await seenWhile(reader.page, -1, () => readsTo(reader, 'PageDown', 600))
    for (const { backward, apart, rows } of [up, down]) {
      expect(backward).toBeLessThanOrEqual(1)
      expect(apart).toBeLessThanOrEqual(1)
      expect(rows).toBeLessThanOrEqual(ROWS_MAX)
    }
  })

  test('stands still while others write more than is kept', async () => {
    const { reader, writer, room } = await pastOf('written', 'Xaver', 300, 300)
    await reader.sees('message number 300.')
    await readsTo(reader, 'PageUp', 200)
    await reader.drawn()
    const seen = await seenWhile(reader.page, 0, async () => {
      for (let n = 1; n <= 300; n += 10)
        await Promise.all(Array.from({ length: 10 }, (_, at) => writer.says(room, `news ${n + at}`)))
      await reader.page.getByRole('button', { name: /Jump to latest \(3\d\d\)/ }).waitFor()
    })
    expect(seen.backward).toBeLessThanOrEqual(1)
    expect(seen.rows).toBeLessThanOrEqual(ROWS_MAX)
    await reader.page.getByRole('button', { name: /Jump to latest/ }).click()
    await reader.sees('news 300')
    await reader.hasRead(room)
  })

  test('is gone at once when the room is cleared, and what comes then is all there is', async () => {
    const { reader, writer, room } = await pastOf('cleared', 'Yvo', 400, 400)
    await reader.sees('message number 400.')
    await readsTo(reader, 'PageUp', 300)
    await writer.must('POST', `/api/rooms/${room.id}/clear`)
    await reader.page.getByText('Nothing has been said here yet').waitFor()
    expect(await reader.log.locator('article').count()).toBe(0)
    await writer.says(room, 'a new beginning')
    await reader.sees('a new beginning')
    expect(await reader.log.locator('article').count()).toBe(1)
  })
})
