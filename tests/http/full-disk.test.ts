import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { replayLog } from '../../src/server/record/replay.ts'
import { verifyLog } from '../../src/server/record/verify.ts'
import type { Message } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import { contentsOf } from '../record/support.ts'
import type { Person } from '../support/person.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

/** A disk of its own, small enough to be filled. Only root may mount one. */
const disk = mkdtempSync(join(tmpdir(), 'groupchat-disk-'))
const mounted = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]).exitCode === 0
const onSmallDisk = test.skipIf(!mounted)

let server: TestServer
let ada: Person
let room: Room
beforeAll(async () => {
  if (!mounted) return
  server = await startTestServer({ dataDir: disk })
  ada = await server.person('Ada')
  room = await ada.creates()
})
afterAll(async () => {
  if (mounted) {
    await server.halt()
    Bun.spawnSync(['umount', '--lazy', disk])
  }
  rmSync(disk, { recursive: true, force: true })
})

const posts = (content: string) =>
  ada.call<{ message: Message; code: string }>('POST', `/api/rooms/${room.id}/messages`, {
    content,
    client_id: crypto.randomUUID(),
  })

/** All of the room that is left, to the last byte that a file can have. */
function fill() {
  for (let bytes = 8 * 1024 * 1024, n = 0; bytes >= 512; n++) {
    try {
      writeFileSync(join(disk, `filler-${n}`), new Uint8Array(bytes))
    } catch {
      bytes /= 2
    }
  }
}
function free() {
  for (const name of new Bun.Glob('filler-*').scanSync(disk)) rmSync(join(disk, name))
}

async function* inTwo(first: string, wait: Promise<void>, second: string) {
  yield first
  await wait
  yield second
}

onSmallDisk(
  `a full disk refuses what is written in words, lets everybody read, and is got over without a start${mounted ? '' : ' (skipped: only root can mount a small disk)'}`,
  async () => {
    const before = (await posts('before')).body.message
    const studio = await ada.creates({ ai_mode: 'always' })
    const stream = await ada.listens(`/api/events?watch=${studio.id}`)
    await stream.sees('hello')
    const { promise: wait, resolve: go } = Promise.withResolvers<void>()
    server.provider?.next({ text: inTwo('The first half, ', wait, 'and the other.') })
    await ada.says(studio, 'a question')
    await stream.sees('message.delta')
    fill()
    const refused = []
    for (let n = 0; n < 40 && refused.length < 5; n++) {
      const answer = await posts(`too much ${n} `.repeat(1_000))
      if (answer.status !== 201) refused.push(answer)
    }
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(Array(5).fill([507, 'disk_full']))
    expect(refused[0]?.headers.get('retry-after')).toBe('30')
    expect((await ada.reads(room)).some(({ id }) => id === before.id)).toBe(true)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    go()
    await stream.sees('message.delta', ({ data }) => data.at > 0)

    free()
    const after = await posts('after')
    expect(after.status).toBe(201)
    await stream.sees('message.created', ({ data }) => data.message.id === after.body.message.id)
    const ended = await stream.sees('message.updated', ({ data }) => data.message.status !== 'streaming')
    expect(ended.data.message).toMatchObject({ status: 'complete', content: 'The first half, and the other.' })
    const seqs = (await ada.reads(room, '?limit=200')).map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, at) => at + 1))
    ada.leaves()

    await server.halt()
    const replayed = join(tmpdir(), `groupchat-replayed-${process.pid}.db`)
    await replayLog(disk, replayed)
    expect(contentsOf(replayed)).toEqual(contentsOf(join(disk, 'chat.db')))
    expect((await verifyLog(disk)).problems).toEqual([])
    rmSync(replayed)
    server = await startTestServer({ dataDir: disk })
  },
)
