import { expect, test } from 'bun:test'
import { createLogger } from '../../src/server/http/logger.ts'

test('a line is one JSON object, and what should be secret is not in it whoever names it', () => {
  const lines: string[] = []
  const logger = createLogger('info', line => lines.push(line))
  logger.debug('too quiet')
  logger.warn('two\nlines', { count: 2, error: new Error('broken'), password: 'hunter2', request: { token: 'abc123' } })
  expect(lines).toHaveLength(1)
  const line = JSON.parse(lines[0] ?? '')
  expect(line).toMatchObject({ level: 'warn', message: 'two\nlines', count: 2 })
  expect(line.error).toContain('Error: broken')
  expect(new Date(line.time).getTime()).toBeGreaterThan(0)
  expect(lines[0]).not.toMatch(/hunter2|abc123|\n/)
})
