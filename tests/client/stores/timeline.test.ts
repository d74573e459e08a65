import { describe, expect, test } from 'bun:test'
import { type PageQuery, type Post, Refusal, Unreachable } from '../../../src/client/api.ts'
import { createOutbox } from '../../../src/client/stores/outbox.ts'
import { createTimeline, type Timeline } from '../../../src/client/stores/timeline.ts'
import type { StreamEvent } from '../../../src/shared/events.ts'
import type { Message, MessagePage, ToolRun } from '../../../src/shared/messages.ts'
import { ADA, message, page, ROOM, reply } from '../conversation.ts'

/** A room whose server does as it is told. */
function room(first: MessagePage | Error = page([]), drawn = async () => {}) {
  const asked: PageQuery[] = []
  const posted: Post[] = []
  const requests: string[] = []
  const answers: (MessagePage | Error | Promise<MessagePage>)[] = [first]
  const outcomes: (Message | Error | Promise<Message>)[] = []
  let ids = 0

  const given = async <T>(answer: T | Error | Promise<T> | undefined): Promise<T> => {
    const value = await answer
    if (value === undefined) throw new Error('asked more often than the test foresaw')
    if (value instanceof Error) throw value
    return value
  }
  const outbox = createOutbox({
    api: {
      async post(_, post) {
        posted.push(post)
        return { message: await given(outcomes.shift()) }
      },
    },
    me: ADA,
    isOnline: () => true,
    openShelf: () => Promise.reject(new Error('forbidden')),
    deliver: message => timeline.deliver(message),
    changed: () => timeline.renewOutgoing(),
    newId: () => `c${++ids}`,
  })
  const timeline: Timeline = createTimeline({
    api: {
      async messages(_, query) {
        asked.push(query)
        return given(answers.shift())
      },
      async stop(id) {
        requests.push(`stop ${id}`)
        return { message: await given(outcomes.shift()) }
      },
      async regenerate(id, model_id) {
        requests.push(`regenerate ${id} ${model_id ?? ''}`.trimEnd())
        return { message: await given(outcomes.shift()) }
      },
      async chooseVersion(id, version) {
        requests.push(`choose ${id} ${version}`)
        return { message: await given(outcomes.shift()) }
      },
    },
    room_id: ROOM,
    outbox,
    drawn,
  })
  const says = (type: StreamEvent['type'], data: object) =>
    hear({ id: null, type, data: { room_id: ROOM, ...data } } as StreamEvent)
  /** As the desk does it. */
  const hear = (event: StreamEvent) => {
    if (event.type === 'message.created') outbox.arrived(event.data.message)
    timeline.apply(event)
  }
  const rows = () => timeline.entries().map(entry => `${entry.delivery} ${entry.message.content}`)
  return { timeline, asked, posted, requests, answers, outcomes, says, rows }
}

const posted = (seq: number, client_id: string, content: string) =>
  message(seq, { sender_id: ADA.id, client_id, content })

describe('opening', () => {
  test('asks for where I had come to, and says what failed', async () => {
    const { timeline, asked, answers, rows } = room(new Unreachable())
    await timeline.openAtUnread()
    expect(timeline.phase).toBe('failed')
    expect(timeline.problem).toContain('cannot be reached')
    answers.push(page([message(1)]))
    await timeline.openAtUnread()
    expect(timeline.phase).toBe('ready')
    expect(rows()).toEqual(['sent text 1'])
    expect(asked).toEqual([
      { at: 'unread', limit: 50 },
      { at: 'unread', limit: 50 },
    ])
  })

  test('a room that is not there is missing', async () => {
    const { timeline } = room(new Refusal(404, {}))
    await timeline.open()
    expect(timeline.phase).toBe('missing')
  })

  test('what happens while the page is on its way is not lost', async () => {
    const { timeline, answers, says, rows } = room()
    const late = Promise.withResolvers<MessagePage>()
    answers[0] = late.promise
    const opening = timeline.open()
    says('message.created', { message: message(2) })
    late.resolve(page([message(1)]))
    await opening
    expect(rows()).toEqual(['sent text 1', 'sent text 2'])
  })
})

describe('reading on', () => {
  test('older messages go to the front', async () => {
    const { timeline, answers, asked, rows } = room(page([message(3)], { has_more_before: true }))
    await timeline.open()
    answers.push(page([message(1), message(2)]))
    await timeline.extend('before')
    expect(asked.at(-1)).toMatchObject({ before: 'm3' })
    expect(rows()).toEqual(['sent text 1', 'sent text 2', 'sent text 3'])
    expect(timeline.more.before).toBeFalse()
  })

  test('a failure is remembered and can be retried', async () => {
    const { timeline, answers } = room(page([message(3)], { has_more_before: true }))
    await timeline.open()
    answers.push(new Unreachable())
    await timeline.extend('before')
    expect(timeline.stuck.before).toBeTrue()
    answers.push(page([message(2)]))
    await timeline.extend('before')
    expect(timeline.stuck.before).toBeFalse()
  })

  test('what is deleted or changed while older messages are on their way is not shown as it was', async () => {
    const { timeline, answers, says, rows } = room(page([message(9)], { has_more_before: true }))
    await timeline.open()
    const late = Promise.withResolvers<MessagePage>()
    answers.push(late.promise)
    const extending = timeline.extend('before')
    says('message.updated', { message: message(6, { content: 'first a word' }) })
    says('message.updated', { message: message(7, { content: 'in other words' }) })
    says('message.deleted', { message_id: 'm6' })
    says('message.deleted', { message_id: 'm5' })
    late.resolve(page([message(6), message(7, { reply_to: 'm5' }), message(8)], { quoted: [message(5)] }))
    await extending
    expect(rows()).toEqual(['sent ', 'sent in other words', 'sent text 8', 'sent text 9'])
    expect(timeline.find('m6')?.deleted_at).not.toBeNull()
    expect(timeline.quoted('m5')).toMatchObject({ content: '' })
  })

  test('what is deleted or changed while a page of newer messages is put in bit by bit is not shown as it was', async () => {
    const frames: (() => void)[] = []
    const drawn = () => new Promise<void>(resolve => void frames.push(resolve))
    const { timeline, answers, says } = room(page([message(1)], { has_more_after: true }), drawn)
    await timeline.openAround('m1')
    answers.push(page(stretch(2, 20)))
    const extending = timeline.extend('after')
    while (!frames.length) await Bun.sleep(0)
    expect(timeline.has('m20')).toBeFalse()
    says('message.deleted', { message_id: 'm19' })
    says('message.updated', { message: message(20, { content: 'in other words' }) })
    says('message.updated', { message: message(2, { content: 'here already' }) })
    for (let is_in = false; !is_in; await Bun.sleep(0)) {
      frames.shift()?.()
      is_in = timeline.has('m20')
    }
    await extending
    expect(timeline.find('m19')).toMatchObject({ content: '', deleted_at: expect.any(String) })
    expect(timeline.find('m20')?.content).toBe('in other words')
    expect(timeline.find('m2')?.content).toBe('here already')
    expect(timeline.find('m18')).toEqual(message(18))
  })

  test('what was told of a message during one page does not undo what a later page says', async () => {
    const { timeline, answers, says } = room(page([message(9)], { has_more_before: true }))
    await timeline.open()
    answers.push(new Unreachable())
    const extending = timeline.extend('before')
    says('message.updated', { message: message(8, { content: 'the first change' }) })
    await extending
    answers.push(page([message(8, { content: 'the second change' })]))
    await timeline.extend('before')
    expect(timeline.find('m8')?.content).toBe('the second change')
  })

  test('opened in the middle, news is counted but not shown out of place', async () => {
    const { timeline, says, rows } = room(page([message(3)], { has_more_after: true }))
    await timeline.openAround('m3')
    let told = 0
    timeline.subscribe(() => {
      told += 1
    })
    says('message.created', { message: message(99) })
    expect(told).toBe(1)
    expect(rows()).toEqual(['sent text 3'])
    expect(timeline.newest_seq).toBe(99)
  })
})

const stretch = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => message(from + n))

describe('a long room', () => {
  const seqs = (timeline: ReturnType<typeof room>['timeline']) => timeline.entries().map(entry => entry.message.seq)
  const span = (timeline: ReturnType<typeof room>['timeline']) => [seqs(timeline).at(0), seqs(timeline).at(-1)]
  const whole = (timeline: ReturnType<typeof room>['timeline']) =>
    expect(seqs(timeline)).toEqual(stretch(seqs(timeline)[0] ?? 0, seqs(timeline).at(-1) ?? 0).map(({ seq }) => seq))

  test('lets go of what is farthest from what is being read', async () => {
    const { timeline, answers } = room(page(stretch(501, 700), { has_more_before: true }))
    await timeline.open()
    timeline.reads(501)
    answers.push(page(stretch(451, 500), { has_more_before: true, has_more_after: true }))
    await timeline.extend('before')
    expect(span(timeline)).toEqual([451, 700])
    timeline.reads(452)
    answers.push(page(stretch(401, 450), { has_more_before: true, has_more_after: true }))
    await timeline.extend('before')
    expect(span(timeline)).toEqual([401, 650])
    expect(timeline.more).toEqual({ before: true, after: true })
    timeline.reads(640)
    answers.push(page(stretch(651, 700), { has_more_before: true }))
    await timeline.extend('after')
    expect(span(timeline)).toEqual([451, 700])
    expect(timeline.more).toEqual({ before: true, after: false })
    whole(timeline)
  })

  test('stays as long as it is while others write, at the end and above it', async () => {
    const { timeline, says } = room(page(stretch(1, 50)))
    await timeline.open()
    for (let seq = 51; seq <= 1_000; seq++) {
      timeline.reads(seq - 10)
      says('message.created', { message: message(seq) })
      expect(timeline.entries().length).toBeLessThanOrEqual(250)
    }
    expect(span(timeline)).toEqual([751, 1_000])
    for (let seq = 1_001; seq <= 2_000; seq++) says('message.created', { message: message(seq) })
    const [first, last] = span(timeline)
    expect(first).toBeLessThanOrEqual(990)
    expect(last).toBeGreaterThanOrEqual(1_000)
    expect(timeline.entries().length).toBeLessThanOrEqual(250)
    expect(timeline.more).toEqual({ before: true, after: true })
    expect(timeline.newest_seq).toBe(2_000)
    whole(timeline)
  })

  test('has no hole where something was said while the last page was on its way', async () => {
    const { timeline, answers, says } = room(page(stretch(1, 50), { has_more_after: true }))
    await timeline.openAround('m1')
    const late = Promise.withResolvers<MessagePage>()
    answers.push(late.promise)
    const extending = timeline.extend('after')
    says('message.created', { message: message(61) })
    late.resolve(page(stretch(51, 60)))
    await extending
    expect(timeline.more.after).toBeTrue()
    answers.push(page([message(61)]))
    await timeline.extend('after')
    says('message.created', { message: message(62) })
    expect(span(timeline)).toEqual([1, 62])
    expect(timeline.more.after).toBeFalse()
    whole(timeline)
  })

  test('knows which places of the room it shows', async () => {
    const { timeline } = room(page(stretch(101, 150), { has_more_before: true, has_more_after: true }))
    await timeline.openAround('m120')
    expect([100, 101, 150, 151, 9_999].map(timeline.covers)).toEqual([false, true, true, false, false])
  })

  test('my message from the middle of the room does not stand where it does not belong', async () => {
    const { timeline, outcomes, answers, rows } = room(page([message(3)], { has_more_after: true }))
    await timeline.openAround('m3')
    answers.push(new Unreachable())
    outcomes.push(new Unreachable())
    await timeline.send({ content: 'hello' })
    outcomes.push(posted(10, 'c1', 'hello'))
    answers.push(page([message(3)], { has_more_after: true }))
    await timeline.openAround('m3')
    await timeline.retry('c1')
    expect(rows()).toEqual(['sent text 3'])
    expect(timeline.newest_seq).toBe(10)
  })
})

describe('a room that is cleared', () => {
  const cleared = (before_seq: number) => ['room.cleared', { before_seq }] as const

  test('is empty at once, what was quoted too, and goes on from there', async () => {
    const { timeline, says, rows, asked } = room(
      page([message(1), message(2, { reply_to: 'm0' })], { quoted: [message(9)], has_more_before: true }),
    )
    await timeline.open()
    says(...cleared(3))
    expect(rows()).toEqual([])
    expect(timeline.more).toEqual({ before: false, after: false })
    says('message.created', { message: message(3) })
    expect(rows()).toEqual(['sent text 3'])
    expect(asked).toHaveLength(1)
  })

  test('gets no page from before', async () => {
    const { timeline, says, answers, rows } = room(page([message(51)], { has_more_before: true }))
    await timeline.open()
    const late = Promise.withResolvers<MessagePage>()
    answers.push(late.promise)
    const extending = timeline.extend('before')
    says(...cleared(52))
    late.resolve(page(stretch(1, 50)))
    await extending
    expect(rows()).toEqual([])
    expect(timeline.more.before).toBeFalse()
  })

  test('also while it is being opened', async () => {
    const { timeline, says, answers, rows } = room()
    const late = Promise.withResolvers<MessagePage>()
    answers[0] = late.promise
    const opening = timeline.open()
    answers.push(page([message(3)]))
    says(...cleared(3))
    late.resolve(page([message(1), message(2)]))
    await opening
    await Bun.sleep(0)
    expect(rows()).toEqual(['sent text 3'])
    expect(timeline.phase).toBe('ready')
  })
})

describe('sending', () => {
  test('shows the row at once and keeps it when the event comes before the answer', async () => {
    const { timeline, outcomes, says, rows } = room()
    await timeline.open()
    const answer = Promise.withResolvers<Message>()
    outcomes.push(answer.promise)
    const sending = timeline.send({ content: 'hello' })
    expect(rows()).toEqual(['pending hello'])
    says('message.created', { message: posted(1, 'c1', 'hello') })
    expect(rows()).toEqual(['sent hello'])
    answer.resolve(posted(1, 'c1', 'hello'))
    await sending
    expect(rows()).toEqual(['sent hello'])
  })

  test('a discarded message is gone', async () => {
    const { timeline, outcomes, rows } = room()
    await timeline.open()
    outcomes.push(new Unreachable())
    await timeline.send({ content: 'hello' })
    timeline.discard('c1')
    expect(rows()).toEqual([])
  })

  test('from the middle of the room it goes to the end first', async () => {
    const { timeline, answers, outcomes, rows } = room(page([message(3)], { has_more_after: true }))
    await timeline.openAround('m3')
    answers.push(page([message(9)]))
    outcomes.push(posted(10, 'c1', 'hello'))
    await timeline.send({ content: 'hello' })
    expect(rows()).toEqual(['sent text 9', 'sent hello'])
  })
})

describe('a reply', () => {
  const begun = async () => {
    const it = room(page([message(1)]))
    await it.timeline.open()
    it.says('message.created', { message: reply(2) })
    return it
  }

  test('grows by its pieces without touching the row, and ends with the final text', async () => {
    const { timeline, says, rows } = await begun()
    let changes = 0
    timeline.subscribe(() => changes++)
    says('message.delta', { message_id: 'm2', at: 0, text: 'Hel' })
    says('message.delta', { message_id: 'm2', at: 2, text: 'llo' })
    expect(timeline.live('m2')?.text()).toBe('Hello')
    expect(changes).toBe(0)
    says('message.updated', { message: reply(2, { status: 'complete', content: 'Hello.' }) })
    expect(timeline.live('m2')).toBeNull()
    expect(rows()).toEqual(['sent text 1', 'sent Hello.'])
  })

  test('fetches what is missing before a piece', async () => {
    const { timeline, answers, asked, says } = await begun()
    answers.push(page([reply(2, { content: 'one two ' })]))
    says('message.delta', { message_id: 'm2', at: 8, text: 'three' })
    await Bun.sleep(0)
    expect(asked.at(-1)).toEqual({ around: 'm2', limit: 1 })
    expect(timeline.live('m2')?.text()).toBe('one two three')
  })

  test('joined in the middle begins with a snapshot, even before its message is there', async () => {
    const { timeline, answers, says } = room()
    const late = Promise.withResolvers<MessagePage>()
    answers[0] = late.promise
    const opening = timeline.open()
    says('message.snapshot', { message_id: 'm2', text: 'Hello wor' })
    says('message.delta', { message_id: 'm2', at: 9, text: 'ld' })
    late.resolve(page([reply(2, { content: 'Hello' })]))
    await opening
    expect(timeline.live('m2')?.text()).toBe('Hello world')
  })

  test('says what the agent is doing, and nothing any more once it is done', async () => {
    const { timeline, says } = await begun()
    says('ai.status', { message_id: 'm2', state: 'searching', detail: 'roses' })
    expect(timeline.activity('m2')).toEqual({ state: 'searching', detail: 'roses' })
    says('message.updated', { message: reply(2, { status: 'error' }, { error: 'No credit.' }) })
    says('ai.status', { message_id: 'm2', state: 'writing', detail: null })
    says('message.delta', { message_id: 'm2', at: 0, text: 'late' })
    expect(timeline.activity('m2')).toBeNull()
    expect(timeline.live('m2')).toBeNull()
  })
})

describe('what goes before an answer', () => {
  const begun = async () => {
    const it = room(page([message(1)]))
    await it.timeline.open()
    it.says('message.created', { message: reply(2) })
    return it
  }
  const tool = (id: string, change: Partial<ToolRun> = {}): ToolRun => ({
    id,
    name: 'web_search',
    arguments: { query: id },
    status: 'running',
    duration_ms: null,
    result: null,
    error: null,
    ...change,
  })

  test('tools run side by side, each known by its id; one that ended does not begin again', async () => {
    const { timeline, says } = await begun()
    says('ai.tool', { message_id: 'm2', tool: tool('a') })
    says('ai.tool', { message_id: 'm2', tool: tool('b') })
    says('ai.tool', { message_id: 'm2', tool: tool('a', { status: 'done', duration_ms: 800 }) })
    says('ai.tool', { message_id: 'm2', tool: tool('a') })
    expect(timeline.tools('m2')).toEqual([tool('a', { status: 'done', duration_ms: 800 }), tool('b')])
    says('message.updated', { message: reply(2, { status: 'complete', content: 'Yes.' }, { tools: [tool('a')] }) })
    says('ai.tool', { message_id: 'm2', tool: tool('c') })
    expect(timeline.tools('m2')).toBeNull()
  })

  test('an edit of the message in the meantime does not forget the tools', async () => {
    const { timeline, says } = await begun()
    says('ai.tool', { message_id: 'm2', tool: tool('a') })
    says('message.updated', { message: reply(2, { reactions: [{ emoji: 'x', user_ids: [ADA.id] }] }) })
    expect(timeline.tools('m2')).toEqual([tool('a')])
  })

  test('reasoning grows apart from the answer, and the row hears of it once', async () => {
    const { timeline, says } = await begun()
    let changes = 0
    timeline.subscribe(() => changes++)
    says('ai.reasoning', { message_id: 'm2', at: 0, text: 'Let me ' })
    says('ai.reasoning', { message_id: 'm2', at: 4, text: 'me think' })
    expect(timeline.reasoning('m2')?.text()).toBe('Let me think')
    expect(timeline.live('m2')?.text()).toBe('')
    expect(changes).toBe(1)
  })

  test('whoever comes in the middle gets all of it', async () => {
    const { timeline, answers, says } = room()
    const late = Promise.withResolvers<MessagePage>()
    answers[0] = late.promise
    const opening = timeline.open()
    says('ai.status', { message_id: 'm2', state: 'reading', detail: 'example.org' })
    says('ai.reasoning', { message_id: 'm2', at: 0, text: 'Hm.' })
    says('ai.tool', { message_id: 'm2', tool: tool('a') })
    says('message.snapshot', { message_id: 'm2', text: 'So' })
    late.resolve(page([reply(2)]))
    await opening
    expect(timeline.activity('m2')).toEqual({ state: 'reading', detail: 'example.org' })
    expect(timeline.reasoning('m2')?.text()).toBe('Hm.')
    expect(timeline.tools('m2')).toEqual([tool('a')])
    expect(timeline.live('m2')?.text()).toBe('So')
  })

  test('the first words end the thinking, also where nobody says so', async () => {
    const { timeline, says } = await begun()
    says('ai.status', { message_id: 'm2', state: 'thinking', detail: null })
    says('message.delta', { message_id: 'm2', at: 0, text: 'So' })
    expect(timeline.activity('m2')).toEqual({ state: 'writing', detail: null })
  })
})

describe('asking again', () => {
  const first = reply(2, { status: 'complete', content: 'First answer.' }, { run_id: 'r1' })
  const second = reply(2, {}, { run_id: 'r2', version: 2, version_count: 2 })
  const answered = async () => {
    const it = room(page([message(1), first]))
    await it.timeline.open()
    return it
  }

  test('the same message is written anew, and what belongs to the old answer no longer counts', async () => {
    const { timeline, says, rows } = await answered()
    says('message.updated', { message: second })
    expect(rows()).toEqual(['sent text 1', 'sent '])
    expect(timeline.live('m2')?.text()).toBe('')
    says('message.delta', { message_id: 'm2', at: 13, text: ' late piece of the first' })
    expect(timeline.live('m2')?.text()).toBe('')
    says('message.delta', { message_id: 'm2', at: 0, text: 'Second' })
    expect(timeline.live('m2')?.text()).toBe('Second')
    says('message.updated', { message: first })
    expect(timeline.live('m2')?.text()).toBe('Second')
    says('message.updated', { message: { ...second, status: 'complete', content: 'Second.' } })
    expect(rows()).toEqual(['sent text 1', 'sent Second.'])
    expect(timeline.live('m2')).toBeNull()
  })

  test('begins afresh also where the end of the answer before was missed', async () => {
    const { timeline, says } = room(page([reply(2, {}, { run_id: 'r1' })]))
    await timeline.open()
    says('message.delta', { message_id: 'm2', at: 0, text: 'First' })
    says('message.updated', { message: second })
    expect(timeline.live('m2')?.text()).toBe('')
  })

  test('asks with another model, and shows why it was refused until something changes', async () => {
    const { timeline, requests, outcomes, says } = await answered()
    outcomes.push(new Refusal(409, { detail: 'It is still writing.' }))
    const asking = timeline.regenerate('m2', 'some/model')
    expect(timeline.request('m2')).toEqual({ doing: 'regenerate', problem: null })
    await asking
    expect(requests).toEqual(['regenerate m2 some/model'])
    expect(timeline.request('m2')).toEqual({ doing: null, problem: 'It is still writing.' })
    says('message.updated', { message: second })
    expect(timeline.request('m2')).toBeNull()
  })

  test('any of the answers can be chosen', async () => {
    const both = { version_count: 2 }
    const { timeline, requests, outcomes, rows } = room(page([reply(2, { status: 'complete', content: 'Two' }, both)]))
    await timeline.open()
    outcomes.push(reply(2, { status: 'complete', content: 'One' }, { ...both, run_id: 'r1' }))
    await timeline.choose('m2', 1)
    expect(requests).toEqual(['choose m2 1'])
    expect(rows()).toEqual(['sent One'])
    expect(timeline.request('m2')).toBeNull()
  })

  test('a reply is being stopped until it has stopped, and asked only once', async () => {
    const { timeline, requests, outcomes, says } = room(page([reply(2)]))
    await timeline.open()
    outcomes.push(reply(2))
    await Promise.all([timeline.stop('m2'), timeline.stop('m2')])
    expect(requests).toEqual(['stop m2'])
    expect(timeline.request('m2')?.doing).toBe('stop')
    says('message.updated', { message: reply(2, { status: 'stopped', content: 'Ha' }, { stopped_by: ADA.id }) })
    expect(timeline.request('m2')).toBeNull()
  })
})

describe('what a message replies to', () => {
  const answer = message(50, { reply_to: 'm9' })

  test('is known from the list, from the page, or asked for once', async () => {
    const { timeline, answers, asked, says } = room(page([message(8), message(9), answer], { quoted: [message(2)] }))
    await timeline.open()
    expect(timeline.quoted('m9')?.content).toBe('text 9')
    expect(timeline.quoted('m2')?.content).toBe('text 2')
    says('message.created', { message: message(51, { reply_to: 'm3' }) })
    answers.push(page([message(3)]))
    let changes = 0
    timeline.subscribe(() => changes++)
    expect([timeline.quoted('m3'), timeline.quoted('m3')]).toEqual([undefined, undefined])
    await Bun.sleep(0)
    expect(timeline.quoted('m3')?.content).toBe('text 3')
    expect(changes).toBe(1)
    expect(asked.slice(1)).toEqual([{ around: 'm3', limit: 1 }])
  })

  test('is gone when the server says so, one way or the other', async () => {
    const { timeline, answers, says } = room(page([answer]))
    await timeline.open()
    expect(timeline.quoted('m9')).toBeNull()
    says('message.created', { message: message(51, { reply_to: 'm3' }) })
    answers.push(new Refusal(404, {}))
    timeline.quoted('m3')
    await Bun.sleep(0)
    expect(timeline.quoted('m3')).toBeNull()
  })

  test('stays unknown without an answer, and is not asked for over and over', async () => {
    const { timeline, answers, asked } = room(page([message(1)]))
    await timeline.open()
    answers.push(new Unreachable())
    for (let n = 0; n < 3; n++) {
      expect(timeline.quoted('m9')).toBeUndefined()
      await Bun.sleep(0)
    }
    expect(asked).toHaveLength(2)
  })

  test('changes and goes as it does in the room', async () => {
    const { timeline, says } = room(page([answer], { quoted: [message(9)] }))
    await timeline.open()
    says('message.updated', { message: message(9, { content: 'other words' }) })
    expect(timeline.quoted('m9')?.content).toBe('other words')
    says('message.deleted', { message_id: 'm9' })
    expect(timeline.quoted('m9')).toMatchObject({ content: '', deleted_at: expect.any(String) })
  })

  test('is still known once it has gone out of the stretch that is loaded', async () => {
    const { timeline, answers, asked } = room(
      page([...stretch(1, 249), message(250, { reply_to: 'm1' })], { has_more_after: true }),
    )
    await timeline.openAround('m1')
    answers.push(page(stretch(251, 300)))
    await timeline.extend('after')
    expect(timeline.has('m1')).toBeFalse()
    expect(timeline.quoted('m1')?.content).toBe('text 1')
    expect(asked).toHaveLength(2)
  })
})

test('a deleted message leaves a trace', async () => {
  const { timeline, says } = room(page([message(1)]))
  await timeline.open()
  says('message.deleted', { message_id: 'm1' })
  expect(timeline.entries()[0]?.message).toMatchObject({ content: '', deleted_at: expect.any(String) })
})

describe('pictures', () => {
  const PICTURE = { id: 'u1', url: '/uploads/u1.png', mime: 'image/png', bytes: 9, width: 4, height: 3, name: 'A map' }

  test('are in the row at once, and go along with the message', async () => {
    const { timeline, posted: out, outcomes } = room()
    await timeline.open()
    outcomes.push(message(1, { sender_id: ADA.id, client_id: 'c1', content: '', attachments: [PICTURE] }))
    const sending = timeline.send({ content: '', attachments: [PICTURE] })
    expect(timeline.entries().map(entry => entry.message.attachments)).toEqual([[PICTURE]])
    await sending
    expect(out).toEqual([{ content: '', client_id: 'c1', attachment_ids: ['u1'] }])
  })
})
