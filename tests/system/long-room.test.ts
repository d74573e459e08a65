import { describe, expect, test } from 'bun:test'
import type { Room } from '../../src/shared/rooms.ts'
import { markAsRead, writeConversation } from '../support/long-conversation.ts'
import { party } from '../support/party.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()
const ROWS_MAX = 300

/** A room with a long past, and a visitor in it who has read a part of it. */
async function pastOf(name: string, visitor: string, count: number, read: number) {
  const writer = await host.server.person(`${visitor}s friend`)
  const room = await writer.creates({ name, ai_mode: 'off' })
  const reader = await host.arrives(visitor)
  await reader.signsUp()
  await reader.joinsRoom(name)
  const { user } = await reader.page.evaluate(async () => (await fetch('/api/auth/me')).json())
  writeConversation(host.server.dataDir, { room_id: room.id, count, authors: [writer.user] })
  markAsRead(host.server.dataDir, room.id, user.id, read)
  await watchRows(reader)
  await reader.opens(`/rooms/${room.id}`)
  return { writer, room, reader }
}

/** Counts the rows whenever some come or go. */
async function watchRows({ page }: Visitor) {
  await page.addInitScript(() => {
    const counted = { most: 0 }
    Object.assign(window, { counted })
    const look = () => {
      counted.most = Math.max(counted.most, document.querySelectorAll('[role=log] article').length)
    }
    new MutationObserver(look).observe(document, { childList: true, subtree: true })
  })
}
const mostRows = ({ page }: Visitor) =>
  page.evaluate(() => (window as unknown as { counted: { most: number } }).counted.most)

/** Brings a message into view, page by page, as somebody reads who holds a key down. */
async function readsTo(reader: Visitor, key: 'PageUp' | 'PageDown' | 'Home' | 'End', seq: number) {
  await reader.log.focus()
  while ((await reader.rows(`message number ${seq}.`).count()) === 0) {
    await reader.page.keyboard.press(key)
    await reader.drawn()
  }
}

const unreadCount = ({ page }: Visitor, room: Room) =>
  page.evaluate(async id => {
    const { rooms } = await (await fetch('/api/rooms')).json()
    return rooms.find((one: { id: string }) => one.id === id).unread_count
  }, room.id)

describe('a room with a thousand unread messages', () => {
  test('opens at the first of them, is read to the end and then read', async () => {
    const { reader, room } = await pastOf('thousands', 'Ulla', 1_250, 200)
    await reader.page.getByRole('separator', { name: /^New/ }).waitFor()
    const line = await reader.page.getByRole('separator', { name: /^New/ }).boundingBox()
    const first = await reader.rows('message number 201.').boundingBox()
    expect(line?.y ?? 0).toBeGreaterThan(0)
    expect(line?.y ?? 9_999).toBeLessThan(450)
    expect((first?.y ?? 0) - (line?.y ?? 0)).toBeGreaterThan(0)
    expect((first?.y ?? 0) - (line?.y ?? 0)).toBeLessThan(80)
    const jump = reader.page.getByRole('button', { name: /Jump to latest \(\d+\)/ })
    const below = Number(/\d+/.exec(await jump.innerText())?.[0])
    expect(below).toBeGreaterThan(1_000)
    expect(below).toBeLessThanOrEqual(1_050)
    await readsTo(reader, 'End', 1_250)
    expect(await unreadCount(reader, room)).toBe(1_000)
    await reader.page.keyboard.press('End')
    await reader.hasRead(room)
    await jump.waitFor({ state: 'detached' })
    expect(await mostRows(reader)).toBeLessThanOrEqual(ROWS_MAX)
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
