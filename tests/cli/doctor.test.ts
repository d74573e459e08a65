import { afterEach, beforeEach, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Finding } from '../../src/server/cli/doctor/finding.ts'
import { smallDatabase } from '../backups/database.ts'
import { startFakeProvider } from '../support/fake-provider.ts'
import { groupchat } from './groupchat.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-doctor-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function doctor(env: Record<string, string>) {
  const { exitCode, stdout, stderr } = await groupchat(folder, ['doctor', '--json'], { env })
  const findings: Finding[] = JSON.parse(stdout)
  const states = Object.fromEntries(findings.map(({ about, state }) => [about, state]))
  return { exitCode, output: stdout + stderr, findings, states }
}

test('all is well with a provider that answers', async () => {
  smallDatabase(folder).close()
  const provider = await startFakeProvider()
  const { exitCode, states } = await doctor({
    PUBLIC_URL: 'https://chat.example.org',
    OPENROUTER_BASE_URL: provider.baseUrl,
    OPENROUTER_API_KEY: provider.apiKey ?? '',
    DEFAULT_MODEL: 'fake/unheard-of',
  })
  await provider.stop()
  expect(states).toMatchObject({
    Configuration: 'good',
    'Data folder': 'good',
    Permissions: 'good',
    Database: 'good',
    Integrity: 'good',
    Backups: 'note',
    PUBLIC_URL: 'good',
    Clock: 'good',
    'AI provider': 'good',
    'Default model': 'note',
    'Web search': 'note',
    Mail: 'note',
  })
  expect(exitCode).toBe(0)
})

test('what is wrong is named with what to do, and no secret is', async () => {
  const db = smallDatabase(folder)
  db.run("INSERT INTO events (type, data, created_at) VALUES ('user.updated', '{}', ?)", [Date.now() + 3_600_000])
  db.run('PRAGMA foreign_keys = OFF')
  db.run('DELETE FROM rooms')
  db.close()
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, '.jwt-secret'), 'canary-jwt-canary-jwt-canary-jwt-canary', { mode: 0o644 })
  const { exitCode, output, states, findings } = await doctor({
    PUBLIC_URL: 'http://chat.example.org',
    OPENROUTER_BASE_URL: 'http://127.0.0.1:1/v1',
    OPENROUTER_API_KEY: 'canary-key',
    SEARCH_PROVIDER: 'brave',
    BRAVE_API_KEY: 'canary-brave',
    BRAVE_BASE_URL: 'http://127.0.0.1:1',
    SMTP_URL: 'smtp://somebody:canary-smtp@127.0.0.1:1',
    MAIL_FROM: 'chat@example.org',
    JWT_SECRET: 'canary-jwt-canary-jwt-canary-jwt-canary',
  })
  expect(exitCode).toBe(1)
  expect(output).not.toContain('canary')
  expect(states).toMatchObject({
    Permissions: 'wrong',
    Integrity: 'wrong',
    PUBLIC_URL: 'wrong',
    Clock: 'wrong',
    'AI provider': 'wrong',
    'Web search': 'wrong',
    Mail: 'wrong',
  })
  for (const { state, advice } of findings) if (state === 'wrong') expect(advice).toBeTruthy()
})

test('a configuration that cannot be read is a finding like others', async () => {
  const { exitCode, findings } = await doctor({ LOG_LEVEL: 'loud', SMTP_URL: 'canary', BIND_ADDR: 'x' })
  expect(exitCode).toBe(1)
  expect(findings).toHaveLength(3)
  expect(JSON.stringify(findings)).not.toContain('canary')
})
