import { describe, expect, test } from 'bun:test'
import { pageOf } from '../../src/client/pages/page.ts'
import { accountPath, messagePath, type Route, roomPath, routeOf } from '../../src/client/router.ts'
import { ADA } from './conversation.ts'

const at = (path: string) => routeOf(new URL(path, 'http://chat.test'))

describe('addresses', () => {
  test.each<[string, Route]>([
    ['/', { name: 'home' }],
    ['/rooms/garden', { name: 'room', room_id: 'garden' }],
    ['/rooms/garden/', { name: 'room', room_id: 'garden' }],
    ['/m/abc123', { name: 'message', hash: 'abc123' }],
    ['/sign-in', { name: 'sign-in', next: '/' }],
    ['/sign-up?next=%2Frooms%2Fgarden', { name: 'sign-up', next: '/rooms/garden' }],
    ['/search', { name: 'search', query: '', room_id: null }],
    ['/search?q=late%20frost', { name: 'search', query: 'late frost', room_id: null }],
    ['/search?in=garden', { name: 'search', query: '', room_id: 'garden' }],
    ['/inbox', { name: 'inbox' }],
    ['/rooms', { name: 'unknown' }],
    ['/rooms/a/b', { name: 'unknown' }],
    ['/elsewhere', { name: 'unknown' }],
    ['/rooms/%E0%A4%A', { name: 'room', room_id: '%E0%A4%A' }],
  ])('%s', (path, route) => expect(at(path)).toEqual(route))

  test.each(['https://evil.test/', '//evil.test/', '/\\evil.test', '/\t/evil.test', 'javascript:alert(1)'])(
    'signing in does not lead away to %s',
    next => expect(at(`/sign-in?next=${encodeURIComponent(next)}`)).toEqual({ name: 'sign-in', next: '/' }),
  )

  test('are read back as they were written', () => {
    expect(at(roomPath('a b/c'))).toEqual({ name: 'room', room_id: 'a b/c' })
    expect(at(messagePath('ab12'))).toEqual({ name: 'message', hash: 'ab12' })
    expect(at(accountPath('sign-in', '/m/ab12'))).toEqual({ name: 'sign-in', next: '/m/ab12' })
  })
})

describe('which page', () => {
  const nobody = { me: null, failed: false }
  const ada = { me: ADA, failed: false }

  test('waits until it is known who is there', () => {
    expect(pageOf(at('/'), '/', { me: undefined, failed: false }).page).toBe('loading')
    expect(pageOf(at('/'), '/', { me: undefined, failed: true }).page).toBe('failed')
  })
  test('sends a stranger to sign in, and remembers where they were going', () => {
    expect(pageOf(at('/rooms/garden'), '/rooms/garden', nobody).go).toBe('/sign-in?next=%2Frooms%2Fgarden')
    expect(pageOf(at('/'), '/', nobody).go).toBe('/sign-in')
    expect(pageOf(at('/sign-up'), '/sign-up', nobody)).toEqual({ page: 'sign-up' })
  })
  test('takes somebody who has signed in to where they were going', () => {
    expect(pageOf(at('/sign-in?next=%2Fm%2Fab'), '/sign-in', ada).go).toBe('/m/ab')
    expect(pageOf(at('/rooms/garden'), '/rooms/garden', ada)).toEqual({ page: 'chat' })
  })
})
