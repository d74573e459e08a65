import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockDataDir } from '../../src/server/lock.ts'
import { smallDatabase } from '../backups/database.ts'
import { groupchat } from './groupchat.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) => groupchat(folder, args)

describe('help', () => {
  test('is there for the command and for each under it', async () => {
    const { exitCode, stdout } = await run('--help')
    expect(exitCode).toBe(0)
    const commands = [...stdout.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, name]) => name)
    expect(commands).toEqual(
      expect.arrayContaining(['serve', 'migrate', 'backup', 'backups', 'restore', 'user', 'doctor']),
    )
    expect(stdout).toContain('Exit status:')
    expect(existsSync(join(folder, 'chat.db'))).toBe(false)
  })

  for (const args of [['restore'], ['user'], ['user', 'create'], ['doctor']])
    test(`is there for ${args.join(' ')}`, async () => {
      const help = await run(...args, '--help')
      expect(help).toMatchObject({ exitCode: 0, stderr: '' })
      expect(help.stdout).toStartWith(`Usage: groupchat ${args.join(' ')} `)
    })

  for (const args of [['restor', 'x'], ['restore'], ['backup', '--fast'], ['user', 'create', '--name', 'Ada']])
    test(`a wrong command line is told in words, with status 64: ${args.join(' ')}`, async () => {
      const { exitCode, stdout, stderr } = await run(...args)
      expect([exitCode, stdout]).toEqual([64, ''])
      expect(stderr).toStartWith('error: ')
    })
})

test('a wrong configuration is told in words, with status 78', async () => {
  const outcome = await groupchat(folder, ['backups'], { env: { BIND_ADDR: 'nonsense' } })
  expect(outcome).toMatchObject({ exitCode: 78, stdout: '' })
  expect(outcome.stderr).toContain('BIND_ADDR: must be HOST:PORT')
})

for (const args of [['backup'], ['user', 'list']])
  test(`without a database there is nothing to do, and that is said: ${args.join(' ')}`, async () => {
    const { exitCode, stderr } = await run(...args)
    expect([exitCode, stderr]).toEqual([65, expect.stringContaining(`There is no database in ${folder} yet.`)])
  })

test('makes a database, and leaves it alone when it is up to date', async () => {
  expect((await run('backups')).stdout).toBe('There are no backups yet. groupchat backup makes one.\n')
  expect((await run('migrate')).stdout).toStartWith(`Made ${folder}/chat.db (`)
  expect((await run('migrate')).stdout).toStartWith('The database is up to date (')
})

test('backs up and lists, for people and for programs', async () => {
  smallDatabase(folder).close()
  const made = await run('backup', '--json')
  expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  const backup = JSON.parse(made.stdout)
  expect(backup).toMatchObject({ reason: 'by hand', messages: 2 })
  expect(JSON.parse((await run('backups', '--json')).stdout)).toEqual([backup])
  expect((await run('backups')).stdout).toMatch(new RegExp(`^NAME .*\n${backup.name} .* by hand .* 2 `))
})

test('what must have the folder for itself says who has it, with status 75', async () => {
  smallDatabase(folder).close()
  const lock = lockDataDir(folder)
  const { name } = JSON.parse((await run('backup', '--json')).stdout)
  for (const args of [['restore', name], ['migrate']]) {
    const outcome = await run(...args)
    expect(outcome).toEqual({
      exitCode: 75,
      stdout: '',
      stderr: `Another GroupChat (process ${process.pid}) already uses ${folder}.\n`,
    })
  }
  lock.release()
})

test.skipIf(process.getuid?.() !== 0)('root does not make files that the server could not read', async () => {
  smallDatabase(folder).close()
  chownSync(join(folder, 'chat.db'), 1234, 1234)
  const { exitCode, stderr } = await run('backup')
  expect([exitCode, stderr]).toEqual([65, expect.stringContaining('belongs to the user 1234, and this is root.')])
  expect(existsSync(join(folder, 'backups'))).toBe(false)
})
