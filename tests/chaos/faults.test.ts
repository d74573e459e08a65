import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServerProcess, type ServerProcess } from './server-process.ts'

let folder: string
let server: ServerProcess
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-faults-'))
  server = createServerProcess({ DATA_DIR: folder }, [join(import.meta.dir, 'faults.ts')])
  await server.start()
})
afterAll(async () => {
  await server.kill()
  rmSync(folder, { recursive: true, force: true })
})

const unhandled = async () => {
  const figures = await (await fetch(`${server.url}/metrics`)).text()
  return Number(figures.match(/^groupchat_unhandled_errors_total (\d+)$/m)?.[1] ?? 0)
}

test('a forgotten promise and a late timer are counted, and end nothing', async () => {
  expect(await unhandled()).toBe(0)
  server.signal('SIGUSR2')
  while ((await unhandled()) < 2) await Bun.sleep(10)
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  server.signal('SIGUSR2')
  while ((await unhandled()) < 4) await Bun.sleep(10)
  server.signal('SIGTERM')
  expect(await server.ended()).toBe(0)
})
