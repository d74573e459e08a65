import { expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import { errorsAsProblems } from '../../src/server/http/errors.ts'
import { createLogger } from '../../src/server/http/logger.ts'

test('a failure is logged with its route, not with the address, which may hold a secret', async () => {
  const lines: string[] = []
  const app = new Elysia().use(errorsAsProblems(createLogger('debug', line => lines.push(line)))).use(
    new Elysia({ prefix: '/api' }).get('/invites/:token', () => {
      throw new Error('the disk is gone')
    }),
  )
  const response = await app.handle(new Request('http://localhost/api/invites/very-secret?also=secret'))
  expect(response.status).toBe(500)
  expect(await response.json()).toMatchObject({ code: 'internal_error' })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ method: 'GET', route: '/api/invites/:token' })
  expect(lines.join()).toContain('the disk is gone')
  expect(lines.join()).not.toContain('secret')
})
