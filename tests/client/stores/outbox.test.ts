import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { IDBFactory } from 'fake-indexeddb'
import { type Post, Refusal, Unreachable } from '../../../src/client/api.ts'
import { openLetterShelf } from '../../../src/client/stores/letter-shelf.ts'
import { createOutbox, type Outbox } from '../../../src/client/stores/outbox.ts'
import type { Message } from '../../../src/shared/messages.ts'
import type { User } from '../../../src/shared/users.ts'
import { ADA, GRACE, message, ROOM } from '../conversation.ts'

type Outcome = Error | Promise<unknown> | undefined
type Tab = ReturnType<typeof tab>

const OTHER_ROOM = 'kitchen'
const open: Outbox[] = []
/** What the server has stored, by `client_id`. */
let stored: Map<string, Message>
let shelf: Map<string, string>
let ids: number

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
  stored = new Map()
  shelf = new Map()
  ids = 0
})
afterEach(() => {
  for (const outbox of open.splice(0)) outbox.stop()
})

/** One tab of a browser; all of them share what the browser keeps. */
function tab({ me = ADA as User, online = true, forbidden = false } = {}) {
  const net = { online }
  const outcomes: Outcome[] = []
  const posted: Post[] = []
  const delivered: string[] = []
  const refused: string[] = []
  const outbox = createOutbox({
    api: {
      async post(room_id, post) {
        posted.push(post)
        const outcome = await outcomes.shift()
        if (outcome instanceof Error) throw outcome
        const before = stored.get(post.client_id)
        const { content, client_id } = post
        const now = message(stored.size + 1, { room_id, content, client_id, sender_id: me.id })
        stored.set(client_id, before ?? now)
        return { message: before ?? now }
      },
    },
    me,
    isOnline: () => net.online,
    openShelf: () => (forbidden ? Promise.reject(new Error('forbidden')) : openLetterShelf(me.id, browser())),
    deliver: ({ content }) => delivered.push(content),
    refused: (room_id, problem) => refused.push(`${room_id}: ${problem}`),
    changed: () => {},
    newId: () => `c${++ids}`,
  })
  open.push(outbox)
  const rows = (room_id = ROOM) => outbox.entries(room_id).map(entry => `${entry.delivery} ${entry.message.content}`)
  return { outbox, net, outcomes, posted, delivered, refused, rows }
}

function browser() {
  const localStorage = {
    get length() {
      return shelf.size
    },
    key: (at: number) => [...shelf.keys()][at] ?? null,
    getItem: (key: string) => shelf.get(key) ?? null,
    removeItem: (key: string) => void shelf.delete(key),
  } as Storage
  return { localStorage, navigator: { locks } as unknown as Navigator }
}

/** `navigator.locks`, as far as it goes here: one after the other. */
let last: Promise<unknown> = Promise.resolve()
const locks = {
  request(_: string, work: () => Promise<void>) {
    const mine = last.then(work, work)
    last = mine.catch(() => {})
    return mine
  },
}

async function until(look: () => unknown) {
  for (let turn = 0; turn < 200 && !look(); turn += 1) await Bun.sleep(1)
  expect(look()).toBeTruthy()
}
/** Until all that was written is safe in the browser. */
async function kept(count: number, me: User = ADA) {
  const letters = await openLetterShelf(me.id, browser())
  for (let turn = 0; turn < 200 && (await letters.all()).length !== count; turn += 1) await Bun.sleep(1)
  expect(await letters.all()).toHaveLength(count)
  letters.subscribe(() => {})()
}
const write = ({ outbox }: Tab, ...texts: string[]) => Promise.all(texts.map(content => outbox.send(ROOM, { content })))

describe('sending', () => {
  test('goes one after the other, in the order of writing', async () => {
    const ada = tab()
    const slow = Promise.withResolvers<void>()
    ada.outcomes.push(slow.promise)
    const sending = write(ada, 'one', 'two')
    await until(() => ada.posted.length)
    expect(ada.rows()).toEqual(['pending one', 'pending two'])
    slow.resolve()
    await sending
    expect(ada.posted.map(({ content }) => content)).toEqual(['one', 'two'])
    expect(ada.delivered).toEqual(['one', 'two'])
    expect(ada.rows()).toEqual([])
    await kept(0)
  })

  test('takes pictures and what it replies to along', async () => {
    const ada = tab()
    const picture = { id: 'p1' } as Message['attachments'][number]
    await ada.outbox.send(ROOM, { content: 'yes', attachments: [picture], reply_to: message(7) })
    expect(ada.posted).toEqual([{ content: 'yes', client_id: 'c1', attachment_ids: ['p1'], reply_to: 'm7' }])
  })

  test('what the server will not have stays, with its reason, and does not hold up the next', async () => {
    const ada = tab()
    ada.outcomes.push(
      new Refusal(422, { detail: 'A picture is gone.' }),
      new Refusal(403, { detail: 'You are muted.' }),
    )
    await write(ada, 'with a picture', 'muted', 'fine')
    expect(ada.outbox.entries(ROOM)).toMatchObject([
      { delivery: 'failed', problem: 'A picture is gone.', retriable: false },
      { delivery: 'failed', problem: 'You are muted.', retriable: true },
    ])
    expect(ada.delivered).toEqual(['fine'])
    expect(ada.refused).toEqual([`${ROOM}: A picture is gone.`, `${ROOM}: You are muted.`])
    expect(ada.outbox.waiting).toBe(0)
    await ada.outbox.resume()
    expect(ada.posted).toHaveLength(3)
    await ada.outbox.retry('c2')
    expect(ada.delivered).toEqual(['fine', 'muted'])
    ada.outbox.discard('c1')
    expect(ada.rows()).toEqual([])
    await kept(0)
  })

  test('nothing overtakes what got no answer; the next attempt takes both, in order', async () => {
    const ada = tab()
    ada.outcomes.push(new Unreachable(), new Unreachable())
    await write(ada, 'one')
    expect(ada.rows()).toEqual(['failed one'])
    await write(ada, 'two')
    expect(ada.rows()).toEqual(['failed one', 'pending two'])
    await ada.outbox.resume()
    expect(ada.posted.map(({ client_id }) => client_id)).toEqual(['c1', 'c1', 'c1', 'c2'])
    expect(ada.delivered).toEqual(['one', 'two'])
  })

  test('a server that asks for a pause is asked again by itself', async () => {
    const ada = tab()
    ada.outcomes.push(new Refusal(429, { detail: 'Too fast.' }))
    await write(ada, 'one', 'two')
    expect(ada.outbox.entries(ROOM)[0]).toMatchObject({
      delivery: 'pending',
      problem: expect.stringContaining('pause'),
    })
    expect(ada.rows()).toEqual(['pending one', 'pending two'])
    await ada.outbox.resume()
    expect(ada.delivered).toEqual(['one', 'two'])
  })
})

describe('offline', () => {
  test('everything waits and goes out in order on return, whatever the room', async () => {
    const ada = tab({ online: false })
    await write(ada, 'one')
    await ada.outbox.send(OTHER_ROOM, { content: 'two' })
    await write(ada, 'three')
    expect([ada.rows(), ada.rows(OTHER_ROOM)]).toEqual([['pending one', 'pending three'], ['pending two']])
    expect(ada.outbox).toMatchObject({ waiting: 3, is_lasting: true })
    expect(ada.posted).toEqual([])
    ada.net.online = true
    await ada.outbox.resume()
    expect(ada.delivered).toEqual(['one', 'two', 'three'])
  })

  test('letters outlive the tab, keep their ids, and go out when the next one is online', async () => {
    const before = tab({ online: false })
    const picture = { id: 'p1' } as Message['attachments'][number]
    await write(before, 'one')
    await before.outbox.send(ROOM, { content: 'two', attachments: [picture], reply_to: message(7) })
    await kept(2)
    before.outbox.stop()

    const after = tab({ online: false })
    await until(() => after.rows().length)
    expect(after.rows()).toEqual(['pending one', 'pending two'])
    expect(after.posted).toEqual([])
    after.net.online = true
    await after.outbox.resume()
    expect(after.posted).toEqual([
      { content: 'one', client_id: 'c1' },
      { content: 'two', client_id: 'c2', attachment_ids: ['p1'], reply_to: 'm7' },
    ])
    await kept(0)
  })

  test('what arrived although nobody heard the answer is stored once', async () => {
    const before = tab()
    before.outcomes.push(new Promise(() => {}))
    void write(before, 'hello')
    await until(() => before.posted.length)
    await kept(1)
    before.outbox.stop()
    stored.set('c1', message(1, { client_id: 'c1', content: 'hello', sender_id: ADA.id }))
    last = Promise.resolve()

    const after = tab()
    await until(() => after.delivered.length)
    expect(after.delivered).toEqual(['hello'])
    expect(stored.size).toBe(1)
  })

  test('the event about a message is as good as its answer', async () => {
    const ada = tab({ online: false })
    await write(ada, 'one')
    ada.outbox.arrived({ client_id: 'c1', sender_id: GRACE.id })
    expect(ada.rows()).toEqual(['pending one'])
    ada.outbox.arrived({ client_id: 'c1', sender_id: ADA.id })
    expect(ada.rows()).toEqual([])
    await kept(0)
  })

  test('another account neither sees nor sends them', async () => {
    const ada = tab({ online: false })
    await write(ada, 'mine')
    await kept(1)
    ada.outbox.stop()
    const grace = tab({ me: GRACE })
    await write(grace, 'hers')
    expect(grace.posted.map(({ content }) => content)).toEqual(['hers'])
    expect(grace.rows()).toEqual([])
    await kept(1)
  })
})

describe('two tabs', () => {
  test('show the same letters and send each once', async () => {
    const [one, other] = [tab({ online: false }), tab({ online: false })]
    await write(one, 'from one')
    await write(other, 'from the other')
    await until(() => one.rows().length === 2 && other.rows().length === 2)
    one.net.online = true
    other.net.online = true
    await Promise.all([one.outbox.resume(), other.outbox.resume()])
    await until(() => !one.rows().length && !other.rows().length)
    expect(stored.size).toBe(2)
    expect([...stored.values()].map(({ content }) => content)).toEqual(['from one', 'from the other'])
  })

  test('what one wrote later does not overtake what the other could not send', async () => {
    const [one, other] = [tab(), tab({ online: false })]
    one.outcomes.push(new Unreachable())
    await write(one, 'first')
    await until(() => other.rows().length)
    await write(other, 'second')
    await until(() => one.rows().length === 2)
    await last
    expect(one.rows()).toEqual(['failed first', 'pending second'])
    await one.outbox.resume()
    expect(one.delivered).toEqual(['first', 'second'])
  })

  test('one refusal is told in both', async () => {
    const [one, other] = [tab({ online: false }), tab({ online: false })]
    await write(one, 'too late')
    await until(() => other.rows().length)
    one.net.online = true
    one.outcomes.push(new Refusal(404, { detail: 'There is no such room.' }))
    await one.outbox.resume()
    await until(() => other.rows()[0] === 'failed too late')
    other.outbox.discard('c1')
    await until(() => !one.rows().length)
  })
})

describe('a browser that keeps nothing', () => {
  test('still sends, and says that it keeps nothing', async () => {
    const ada = tab({ forbidden: true, online: false })
    await write(ada, 'one')
    await until(() => !ada.outbox.is_lasting)
    expect(ada.outbox.waiting).toBe(1)
    ada.net.online = true
    await ada.outbox.resume()
    expect(ada.delivered).toEqual(['one'])
  })
})

test('what an earlier version kept is taken over once', async () => {
  shelf.set(`unsent:${ADA.id}:${ROOM}`, JSON.stringify([{ content: 'old', client_id: 'o1' }, { broken: true }]))
  shelf.set(`unsent:${GRACE.id}:${ROOM}`, JSON.stringify([{ content: 'hers', client_id: 'o2' }]))
  const ada = tab({ online: false })
  await until(() => ada.rows().length)
  expect(ada.rows()).toEqual(['pending old'])
  expect([...shelf.keys()]).toEqual([`unsent:${GRACE.id}:${ROOM}`])
})
