import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { holderOfDataDir, LockedError, lockDataDir } from '../src/server/lock.ts'
import { createServerProcess } from './chaos/server-process.ts'
import { startTestServer } from './support/server.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('one server to a folder: a second one says who is there, also within the same process', async () => {
  const server = await startTestServer({ dataDir: folder })
  const words = `Another GroupChat (process ${process.pid}) already uses ${folder}.`
  await expect(startTestServer({ dataDir: folder })).rejects.toThrow(words)
  await expect(startTestServer({ dataDir: folder })).rejects.toBeInstanceOf(LockedError)
  const ada = await server.person('Ada')
  expect(ada.user.role).toBe('admin')
  await server.halt()

  const next = await startTestServer({ dataDir: folder })
  await next.halt()
})

test('a process that is killed leaves no lock behind', async () => {
  const server = createServerProcess({ DATA_DIR: folder })
  for (let round = 0; round < 2; round++) {
    await server.start()
    expect(() => lockDataDir(folder)).toThrow(/^Another GroupChat \(process \d+\) already uses /)
    await server.kill()
    lockDataDir(folder).release()
  }
})

test('a second process ends with 75 and the words alone', async () => {
  const lock = lockDataDir(folder)
  const { PATH, HOME } = process.env
  const second = Bun.spawn([process.execPath, 'src/server/index.ts'], {
    env: { PATH, HOME, DATA_DIR: folder, BIND_ADDR: '127.0.0.1:0' },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  expect(await second.exited).toBe(75)
  expect(await new Response(second.stderr).text()).toBe(
    `Another GroupChat (process ${process.pid}) already uses ${folder}.\n`,
  )
  expect(await new Response(second.stdout).text()).toBe('')
  lock.release()
})

test('a start that fails gives the folder back', async () => {
  await expect(startTestServer({ dataDir: folder, env: { WEB_FETCH_ALLOW: '::::' } })).rejects.toThrow(
    'WEB_FETCH_ALLOW',
  )
  lockDataDir(folder).release()
})

test('whoever only wants to know leaves nothing behind', () => {
  expect(holderOfDataDir(folder)).toBeNull()
  expect(readdirSync(folder)).toEqual([])
  const lock = lockDataDir(folder)
  expect(holderOfDataDir(folder)).toEqual({ pid: process.pid })
  expect(() => lockDataDir(folder)).toThrow(LockedError)
  lock.release()
  expect(holderOfDataDir(folder)).toBeNull()
})
