import { beforeEach, expect, test } from 'bun:test'
import { Refusal, Unreachable } from '../../../src/client/api.ts'
import { arrive, inviteIn } from '../../../src/client/pages/arrival.ts'
import { ADA, myRoom, ROOM } from '../conversation.ts'

let done: string[]
let accept: () => Promise<unknown>
const app = () =>
  ({
    api: {
      call(method: string, path: string) {
        done.push(`${method} ${path}`)
        return accept()
      },
    },
    router: { go: (path: string) => done.push(`go ${path}`) },
    session: { welcome: (user: typeof ADA) => done.push(`welcome ${user.id}`) },
  }) as unknown as Parameters<typeof arrive>[0]

beforeEach(() => {
  done = []
  accept = async () => ({ room: myRoom() })
})

test('an invite is seen in the way that somebody was on', () => {
  expect(inviteIn('/invite/t0ken')).toBe('t0ken')
  expect(inviteIn('/rooms/garden')).toBeUndefined()
  expect(inviteIn('/')).toBeUndefined()
})

test('whoever signs in is led to where they were going', async () => {
  await arrive(app(), { user: ADA, token: '' }, '/m/abc')
  expect(done).toEqual(['welcome ada', 'go /m/abc'])
})

test('whoever signs up by an invite lands in its room', async () => {
  await arrive(app(), { user: ADA, token: '', room: myRoom() }, '/invite/t0ken')
  expect(done).toEqual(['welcome ada', `go /rooms/${ROOM}`])
})

test('whoever signs in on the way to an invite has said yes to it', async () => {
  await arrive(app(), { user: ADA, token: '' }, '/invite/t0ken')
  expect(done).toEqual(['POST /api/invites/t0ken/accept', 'welcome ada', `go /rooms/${ROOM}`])
})

test('an invite that does not let them in is shown, and says why', async () => {
  accept = () => Promise.reject(new Refusal(403, { code: 'wrong_key' }))
  await arrive(app(), { user: ADA, token: '' }, '/invite/t0ken')
  expect(done.slice(1)).toEqual(['welcome ada', 'go /invite/t0ken'])
})

test('without an answer nobody is sent anywhere', () => {
  accept = () => Promise.reject(new Unreachable())
  expect(arrive(app(), { user: ADA, token: '' }, '/invite/t0ken')).rejects.toThrow(Unreachable)
})
