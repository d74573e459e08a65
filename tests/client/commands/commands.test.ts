import { beforeEach, describe, expect, test } from 'bun:test'
import {
  commandNamed,
  commands,
  commandsFor,
  type Place,
  run,
  UnknownCommand,
} from '../../../src/client/commands/index.ts'
import type { Member, MyRoom } from '../../../src/shared/rooms.ts'
import type { User } from '../../../src/shared/users.ts'
import { ADA, ASSISTANT, GRACE, myRoom, ROOM } from '../conversation.ts'

let me: User
let info: MyRoom
let members: Member[]
let done: unknown[]

const member = (user: User, change: Partial<Member> = {}): Member => ({
  user,
  role: 'member',
  is_muted: false,
  joined_at: '',
  last_read_seq: 0,
  ...change,
})
const place = () =>
  ({
    app: {
      api: {
        room: async () => ({ message_count: 3, room: info }),
        call: async (method: string, path: string, body: object) => {
          done.push([method, path, body])
          return { cleared: 3, member: member(GRACE, body) }
        },
      },
    },
    desk: {
      me,
      models: {
        list: [
          { id: 'a/small', name: 'Small' },
          { id: 'a/large', name: 'Large' },
          { id: 'b/large-vision', name: 'Large with eyes' },
        ],
      },
      rooms: {
        find: () => info,
        nameOf: () => '#garden',
        change: async (_: string, change: object) => void done.push(change),
      },
    },
    room: {
      id: ROOM,
      details: { members, member: (id: string) => members.find(({ user }) => user.id === id) ?? null, put: () => {} },
    },
    show: (dialog: string, subject: object) => done.push([dialog, subject]),
    say: (content: string) => done.push(content),
    tell: (told: string) => done.push(told),
  }) as unknown as Place
const gives = (text: string) => run(text, place())
const refused = (text: string) =>
  gives(text).then(
    () => '',
    error => error.message,
  )

beforeEach(() => {
  me = ADA
  info = myRoom({ model_id: 'a/small', description: 'Roses' })
  members = [member(ADA, { role: 'owner' }), member(GRACE)]
  done = []
})

test('each has a name of its own, which its usage begins with, and says what it does', () => {
  expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length)
  for (const { name, usage, words } of commands) {
    expect(usage).toStartWith(`/${name}`)
    expect(words).not.toBe('')
    expect(commandNamed(name.toUpperCase())?.name).toBe(name)
  }
})

test('what I may not do is not offered, and refused in words', async () => {
  members = [member(ADA, { is_muted: true }), member(GRACE, { role: 'owner' })]
  expect(commandsFor(place()).map(({ name }) => name)).toEqual(['leave', 'help'])
  expect(await refused('/topic tulips')).toContain('Only the owner')
  expect(await refused('/invite')).toContain('muted')
  me = { ...ADA, role: 'admin' }
  expect(commandsFor(place()).map(({ name }) => name)).toContain('clear')
  me = ADA
  info = { ...info, direct: [ADA, GRACE] }
  expect(await refused('/leave')).toContain('Close it instead')
  expect(done).toEqual([])
})

test('nobody clears away what the other said to them, but an admin', async () => {
  info = { ...info, direct: [ADA, GRACE] }
  const may = () => commandsFor(place()).some(({ name }) => name === 'clear')
  expect(may()).toBe(false)
  expect(await refused('/clear')).toContain('what the other said is theirs')
  expect(done).toEqual([])
  info = { ...info, direct: [ADA, ASSISTANT] }
  expect(may()).toBe(true)
  info = { ...info, direct: [ADA, GRACE] }
  me = { ...ADA, role: 'admin' }
  expect(may()).toBe(true)
})

test('a word that is no command says so, as a mistake of its own kind', async () => {
  expect(gives('/nope')).rejects.toBeInstanceOf(UnknownCommand)
  expect(await refused('/nope at all')).toStartWith('There is no command /nope.')
})

describe('/model', () => {
  test.each([
    ['a/large', 'a/large'],
    ['Large', 'a/large'],
    ['eyes', 'b/large-vision'],
    ['VISION', 'b/large-vision'],
  ])('%p chooses %p', async (typed, model_id) => {
    await gives(`/model ${typed}`)
    expect(done).toEqual([{ model_id }])
  })

  test('wants to know which one, and tells the one there is', async () => {
    expect(await refused('/model a/')).toContain('one of 2 models')
    expect(await refused('/model c')).toContain('There is no model called “c”')
    expect(await gives('/model')).toContain('The model is a/small')
    expect(await gives('/model small')).toBe('a/small is the model already.')
    expect(done).toEqual([])
  })
})

describe('/topic', () => {
  test('is one line, told without an argument, and taken away by a dash', async () => {
    await gives('/topic  Roses\nand  tulips ')
    expect(await gives('/topic')).toContain('Roses')
    await gives('/topic -')
    expect(done).toEqual([{ description: 'Roses and tulips' }, { description: '' }])
  })

  test('that is too long is refused before it is sent', async () => {
    expect(await refused(`/topic ${'x'.repeat(251)}`)).toContain('too long by 1')
  })
})

describe('/mute', () => {
  test.each(['@grace', 'grace', 'Grace Hopper'])('takes %p', async name => {
    expect(await gives(`/mute ${name}`)).toBe('Grace Hopper is muted: they read along.')
    expect(done).toEqual([['PATCH', `/api/rooms/${ROOM}/members/grace`, { is_muted: true }]])
  })

  test('lets who is muted write again', async () => {
    members = [member(ADA, { role: 'owner' }), member(GRACE, { is_muted: true })]
    expect(await gives('/mute @grace')).toBe('Grace Hopper can write again.')
  })

  test('knows whom it cannot mute', async () => {
    expect(await refused('/mute')).toContain('Say whom')
    expect(await refused('/mute @nobody')).toContain('Nobody here')
    expect(await refused('/mute @ada')).toContain('cannot be muted by you')
  })
})

test('/invite opens the invitation as far as it is known', async () => {
  for (const text of ['/invite', '/invite grace@example.org', '/invite npub1abc']) await gives(text)
  expect(done).toEqual([
    ['invite', undefined],
    ['invite', { kind: 'email', email: 'grace@example.org' }],
    ['invite', { kind: 'nostr', npub: 'npub1abc' }],
  ])
  expect(await refused('/invite grace')).toContain('neither')
})

test('/clear says how many messages go, clears when that is agreed to, and tells of it', async () => {
  await gives('/clear')
  const [[dialog, subject]] = done as [[string, { question: string; sure: () => Promise<void> }]]
  expect(dialog).toBe('sure')
  expect(subject.question).toStartWith('3 messages will be gone for everybody')
  await subject.sure()
  expect(done.slice(1)).toEqual([['POST', `/api/rooms/${ROOM}/clear`, undefined], '3 messages cleared.'])
})

test.each([
  ['/me waves', '*waves*'],
  ['/me waves at @grace', '*waves at @grace*'],
  ['/me says *hello*', '_says *hello*_'],
  ['/me waves\n\nand goes', '*waves*\n\n*and goes*'],
])('%j is said as %j', async (text, content) => {
  await gives(text)
  expect(done).toEqual([content])
})
