import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PERSON_QUOTA, ROOM_QUOTA } from '../../src/shared/limits.ts'
import type { Message } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import type { Person } from '../support/person.ts'
import { onDisk, png, type Sent, sends } from '../support/pictures.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const DAY = 24 * 60 * 60 * 1000

let server: TestServer
let ada: Person
let grace: Person
let room: Room
let disk: ReturnType<typeof onDisk>
beforeEach(async () => {
  server = await startTestServer()
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  room = await ada.creates()
  await grace.joins(room)
  disk = onDisk(server)
})
afterEach(() => server.stop())

describe('space', () => {
  /** As if a picture of this size had been sent. */
  const used = (person: Person, bytes: number, where: Room | null) =>
    disk.query(
      `INSERT INTO uploads (id, user_id, room_id, path, name, mime, bytes, created_at) VALUES (?, ?, ${where ? `'${where.id}'` : 'NULL'}, ?, 'x', 'image/png', ?, ?)`,
      Bun.randomUUIDv7(),
      person.user.id,
      `chat-images/${crypto.randomUUID()}.png`,
      bytes,
      Date.now(),
    )
  const isFull = ({ status, body }: Sent) => {
    expect({ status, code: body.code }).toEqual({ status: 413, code: 'quota_exceeded' })
    return body.detail
  }

  test('of a person ends, that of others does not', async () => {
    const picture = await png()
    const { bytes } = (await sends(ada, room, picture)).body.upload
    used(ada, PERSON_QUOTA - 2 * bytes, await grace.creates())
    expect((await sends(ada, room, picture)).status).toBe(201)
    expect(isFull(await sends(ada, room, picture))).toContain('You have used')
    expect((await sends(grace, room, picture)).status).toBe(201)
    expect(disk.files('chat-images')).toHaveLength(3)
  })

  test('of a room ends for everybody in it, and cannot be raced', async () => {
    const picture = await png()
    const { bytes } = (await sends(ada, room, picture)).body.upload
    const many = await server.person('Many')
    used(many, ROOM_QUOTA - 4 * bytes, room)
    const sent = await Promise.all(Array.from({ length: 8 }, (_, n) => sends(n % 2 ? ada : grace, room, picture)))
    expect(sent.filter(({ status }) => status === 201)).toHaveLength(3)
    for (const refused of sent.filter(({ status }) => status !== 201)) expect(isFull(refused)).toContain('This room')
    expect((await sends(ada, await ada.creates(), picture)).status).toBe(201)
    expect(disk.files('chat-images')).toHaveLength(5)
  })
})

test('what nobody posted and what no row names is gone the next day, and nothing else', async () => {
  const sent = await Promise.all([1, 2, 3].map(async n => (await sends(ada, room, await png(n, n))).body.upload))
  const [posted, forgotten, fresh] = sent
  if (!posted || !forgotten || !fresh) throw new Error('three pictures were sent')
  await ada.must<{ message: Message }>('POST', `/api/rooms/${room.id}/messages`, {
    content: '',
    client_id: 'x',
    attachment_ids: [posted.id],
  })
  const form = new FormData()
  form.set('file', new File([new Uint8Array(await png())], 'me.png'))
  const me = await fetch(`${server.url}/api/auth/avatar`, { method: 'POST', headers: ada.headers, body: form })
  expect(me.status).toBe(200)

  const folder = join(server.dataDir, 'uploads')
  const leftBy = (path: string, age: number) => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), 'bytes')
    const at = new Date(Date.now() - age)
    utimesSync(join(folder, path), at, at)
    return path
  }
  const own = () => `${crypto.randomUUID()}.png`
  const lost = [leftBy(`chat-images/${own()}`, 2 * DAY), leftBy(`avatars/${own()}`, 2 * DAY)]
  const kept = [
    leftBy(`chat-images/${own()}`, DAY / 2),
    leftBy('chat-images/holiday.png', 2 * DAY),
    leftBy('README', 2 * DAY),
    // Of an earlier database, which somebody may want to put back.
    leftBy(`chat-images/${own()}`, 9 * DAY),
  ]
  const [avatar] = disk.files('avatars').filter(path => !lost.includes(path))
  for (const { url } of [posted, forgotten]) leftByTime(join(folder, url.slice('/uploads/'.length)), 2 * DAY)
  if (avatar) leftByTime(join(folder, avatar), 2 * DAY)
  disk.query('UPDATE uploads SET created_at = created_at - ? WHERE id IN (?, ?)', 2 * DAY, posted.id, forgotten.id)
  disk.query('UPDATE users SET created_at = created_at - ?', 5 * DAY)

  await server.halt()
  server = await startTestServer({ dataDir: server.dataDir })
  const there = (path: string) => Bun.file(join(folder, path)).exists()
  for (const end = Date.now() + 5_000; Date.now() < end && (await there(lost[1] ?? '')); ) await Bun.sleep(10)
  const pathOf = ({ url }: { url: string }) => url.slice('/uploads/'.length)
  for (const path of [...lost, pathOf(forgotten)]) expect([path, await there(path)]).toEqual([path, false])
  for (const path of [...kept, pathOf(posted), pathOf(fresh), avatar ?? ''])
    expect([path, await there(path)]).toEqual([path, true])
  expect(disk.paths().sort()).toEqual([pathOf(posted), pathOf(fresh)].sort())
})

function leftByTime(file: string, age: number) {
  const at = new Date(Date.now() - age)
  utimesSync(file, at, at)
}
