import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tablesOf } from '../backups/tables.ts'
import { startTestServer } from '../support/server.ts'
import { groupchat } from './groupchat.ts'

let folder: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const log = (...args: string[]) => groupchat(folder, ['log', ...args])

test('verifies the SQL log, and makes a database out of it', async () => {
  const server = await startTestServer({ dataDir: folder, provider: null })
  await server.person('Ada')
  await server.halt()
  expect(await log('verify')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(
      /^Every line follows from the one before: \d+ lines in 1 files and 1 generations\.\n$/,
    ),
  })
  const made = await log('replay', 'again.db', '--json')
  expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  const users = tablesOf(join(folder, 'chat.db')).users
  expect(tablesOf(join(folder, 'again.db')).users).toEqual(users)
  expect(JSON.parse(made.stdout).rows.users).toBe(users?.length)
})

test('names the line that was changed, with status 1', async () => {
  const server = await startTestServer({ dataDir: folder, provider: null })
  await server.person('Ada')
  await server.halt()
  const path = join(folder, 'backup.sql')
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll("'Ada'", "'Eve'"))
  const { exitCode, stdout } = await log('verify')
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/^backup\.sql, line \d+: this line, or one that stood before it, was changed\n/)
})

test('says with status 1 that the end is missing, while the database is there to tell', async () => {
  const server = await startTestServer({ dataDir: folder, provider: null })
  await server.person('Ada')
  await server.halt()
  const path = join(folder, 'backup.sql')
  writeFileSync(path, `${readFileSync(path, 'utf8').split('\n').slice(0, -3).join('\n')}\n`)
  const { exitCode, stdout } = await log('verify')
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(
    /^The end is missing: the log ends at change \d+, and the database has written up to change \d+\.\nThe log is damaged/,
  )
})

for (const args of [['verify'], ['replay', 'x.db']])
  test(`says that there is no log: log ${args.join(' ')}`, async () => {
    const { exitCode, stderr } = await log(...args)
    expect([exitCode, stderr]).toEqual([65, expect.stringContaining('There is no SQL log in ')])
  })
