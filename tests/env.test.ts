import { describe, expect, test } from 'bun:test'
import { EnvironmentError, readEnv } from '../src/server/env.ts'

const mistakes = (source: Record<string, string>): string[] => {
  try {
    readEnv(source)
  } catch (error) {
    if (error instanceof EnvironmentError) return error.mistakes
    throw error
  }
  return []
}

describe('the environment', () => {
  test('needs nothing', () => {
    expect(readEnv({})).toMatchObject({
      BIND_ADDR: { hostname: '0.0.0.0', port: 3001 },
      PUBLIC_URL: 'http://localhost:3001',
      DATA_DIR: '.',
      DATABASE_URL: 'sqlite:chat.db?mode=rwc',
      STATIC_DIR: 'dist/client',
      REGISTRATION: 'open',
    })
  })

  test('takes an empty line for an unset one', () => {
    expect(readEnv({ OPENROUTER_API_KEY: '', BIND_ADDR: '', PUBLIC_URL: '' }).OPENROUTER_API_KEY).toBeUndefined()
  })

  test.each([
    ['127.0.0.1:8080', 'http://localhost:8080'],
    ['[::]:8080', 'http://localhost:8080'],
    ['chat.example.org:80', 'http://chat.example.org:80'],
  ])('derives the public address from %s', (BIND_ADDR, PUBLIC_URL) => {
    expect(readEnv({ BIND_ADDR }).PUBLIC_URL).toBe(PUBLIC_URL)
  })

  test('lists every mistake at once, and repeats no value', () => {
    const found = mistakes({
      BIND_ADDR: 'nowhere',
      PUBLIC_URL: 'ftp://x',
      DATABASE_URL: 'mysql:secret-password@x',
      JWT_SECRET: 'too-short-secret',
      SEARCH_PROVIDER: 'brave',
      SMTP_URL: 'smtp://u:hidden@x',
      LOG_LEVEL: 'loud',
    })
    const names = found.map(line => line.split(':')[0])
    expect(names).toEqual(
      expect.arrayContaining(['BIND_ADDR', 'PUBLIC_URL', 'DATABASE_URL', 'JWT_SECRET', 'LOG_LEVEL']),
    )
    expect(found.join()).not.toMatch(/secret-password|too-short|hidden/)
  })

  test('asks for the key of the search provider that was chosen', () => {
    expect(mistakes({ SEARCH_PROVIDER: 'tavily' }).join()).toContain('TAVILY_API_KEY')
    expect(mistakes({ SEARCH_PROVIDER: 'google' }).join()).toContain('tavily, brave, searxng')
  })

  test('stops the start with status 78 and a readable list', async () => {
    const child = Bun.spawn([process.execPath, 'src/server/index.ts'], {
      env: { ...process.env, BIND_ADDR: 'nowhere', LOG_LEVEL: 'loud' },
      stderr: 'pipe',
    })
    expect(await child.exited).toBe(78)
    const words = await new Response(child.stderr).text()
    expect(words).toContain('2 mistakes')
    expect(words).toContain('  - BIND_ADDR: must be HOST:PORT')
    expect(words).not.toContain('    at ')
  })
})
