import { describe, expect, test } from 'bun:test'
import { createReplyText } from '../../../src/client/stores/reply-text.ts'

function heard() {
  const reply = createReplyText()
  const seen: string[] = []
  reply.subscribe(() => seen.push(reply.text()))
  return { reply, seen }
}

describe('pieces of a reply', () => {
  test('that fit are appended', () => {
    const { reply, seen } = heard()
    expect(reply.add(0, 'Hello')).toBeTrue()
    expect(reply.add(5, ' world')).toBeTrue()
    expect(seen).toEqual(['Hello', 'Hello world'])
  })

  test('that overlap add only what is new', () => {
    const { reply } = heard()
    reply.add(0, 'Hello')
    reply.add(3, 'lo world')
    reply.add(0, 'Hello')
    expect(reply.text()).toBe('Hello world')
  })

  test('from beyond a gap wait until the gap is filled', () => {
    const { reply } = heard()
    reply.add(0, 'one ')
    expect(reply.add(8, 'three')).toBeFalse()
    expect(reply.text()).toBe('one ')
    reply.replace('one two ')
    expect(reply.text()).toBe('one two three')
  })

  test('count in UTF-16 code units', () => {
    const { reply } = heard()
    reply.add(0, '🌱')
    expect(reply.add(2, 'leaf')).toBeTrue()
    expect(reply.text()).toBe('🌱leaf')
  })
})

test('a snapshot replaces a shorter text and never a longer one', () => {
  const { reply } = heard()
  reply.replace('Hello')
  reply.replace('He')
  expect(reply.text()).toBe('Hello')
})
