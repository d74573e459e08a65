import type { StreamEvent } from '../../shared/events.ts'
import type { Message } from '../../shared/messages.ts'
import type { Api, PageQuery } from '../api.ts'
import { Refusal } from '../api.ts'
import { createLiveReplies } from './live-replies.ts'
import { traceOf } from './message-changes.ts'
import { createMessageList } from './message-list.ts'
import { createObservable } from './observable.ts'
import type { Outbox, Writing } from './outbox.ts'
import { createQuoted } from './quoted.ts'
import { createReplyRequests } from './reply-requests.ts'
import { createStretch, type Sides } from './stretch.ts'

const PAGE = 50
/** So many rows are put in at a time, so that no frame has to wait for a whole page of them. */
const SLICE = 4

export type Phase = 'idle' | 'loading' | 'ready' | 'failed' | 'missing'
export type Timeline = ReturnType<typeof createTimeline>

export type TimelineOptions = {
  api: Pick<Api, 'messages' | 'stop' | 'regenerate' | 'chooseVersion'>
  room_id: string
  outbox: Pick<Outbox, 'entries' | 'send' | 'retry' | 'discard' | 'arrived'>
  /** Resolves when the page has drawn what there is so far. */
  drawn?: () => Promise<unknown>
}

/** The conversation of one room: a stretch of its messages, and what keeps that stretch true. */
export function createTimeline({ api, room_id, outbox, drawn = async () => {} }: TimelineOptions) {
  const { subscribe, changed } = createObservable()
  const list = createMessageList()
  const stretch = createStretch(list, forget)
  const replies = createLiveReplies({ refresh, changed })
  const quotes = createQuoted({ load: fetchOne, changed })
  const requests = createReplyRequests({ api, take: renew, changed })

  let phase: Phase = 'idle'
  let problem: string | null = null
  let loading: Sides = { before: false, after: false }
  let stuck: Sides = { before: false, after: false }
  let newest_seq = 0
  /** Counts the openings, so that an answer to a question nobody asks any more is dropped. */
  let opening = 0
  let openings = 0
  let opened_at: 'end' | 'unread' | 'message' = 'end'
  /** What comes in until a page has arrived, the first one or another: the page may be older than that. */
  let held: StreamEvent[] | null = []
  /** What became of messages while a page was on its way that may have them as they were before. */
  let changes = new Map<string, (message: Message) => Message>()

  list.hold(outbox.entries(room_id))

  async function open(query: PageQuery = { limit: PAGE }, at: 'end' | 'unread' | 'message' = 'end') {
    const mine = ++opening
    phase = list.size ? phase : 'loading'
    problem = null
    held ??= []
    changed()
    try {
      const page = await api.messages(room_id, query)
      if (mine !== opening) return
      list.replaceAll(page.messages)
      stretch.end({ before: page.has_more_before, after: page.has_more_after })
      stretch.read(Number.MAX_SAFE_INTEGER)
      loading = { before: false, after: false }
      stuck = { before: false, after: false }
      quotes.clear()
      quotes.take(page)
      newest_seq = Math.max(newest_seq, list.last()?.seq ?? 0)
      for (const message of page.messages) replies.notice(message)
      // Some of what seemed unsent may have arrived after all.
      for (const message of page.messages) outbox.arrived(message)
      phase = 'ready'
      openings += 1
      opened_at = at
    } catch (error) {
      if (mine !== opening) return
      phase = error instanceof Refusal && error.status === 404 ? 'missing' : 'failed'
      problem = said(error)
    }
    const events = held ?? []
    held = null
    for (const event of events) apply(event)
    changed()
  }

  async function extend(side: 'before' | 'after') {
    const edge = side === 'before' ? list.first() : list.last()
    if (!edge || !stretch.more[side] || loading[side] || phase !== 'ready') return
    const mine = opening
    if (!isExtending()) changes = new Map()
    loading = { ...loading, [side]: true }
    stuck = { ...stuck, [side]: false }
    changed()
    try {
      const page = await api.messages(room_id, { [side]: edge.id, limit: PAGE })
      if (mine !== opening) return
      quotes.take({ ...page, quoted: page.quoted?.map(asItIsNow) })
      const all_in = await bringIn(side === 'before' ? page.messages.toReversed() : page.messages, edge)
      if (mine !== opening) return
      const last = list.last()?.seq ?? 0
      // Something may have been said after the page was read and before it was here.
      const missed = side === 'after' && page.messages.length > 0 && newest_seq > last
      stretch.end({ [side]: !all_in || missed || page[side === 'before' ? 'has_more_before' : 'has_more_after'] })
      newest_seq = Math.max(newest_seq, last)
    } catch {
      if (mine !== opening) return
      stuck = { ...stuck, [side]: true }
    }
    loading = { ...loading, [side]: false }
    changed()
  }

  /** Adds one after the other to the stretch that ends at `edge`, as long as it does end there. */
  async function bringIn(messages: readonly Message[], edge: Message): Promise<boolean> {
    const mine = opening
    let joint = edge
    for (let at = 0; at < messages.length; at += SLICE) {
      if (at) await drawn()
      if (mine !== opening || !list.has(joint.id)) return false
      const slice = messages.slice(at, at + SLICE).map(asItIsNow)
      for (const message of slice) if (list.put(message)) replies.notice(message)
      joint = slice.at(-1) ?? joint
      stretch.trim()
      changed()
    }
    return list.has(joint.id)
  }

  const isExtending = () => loading.before || loading.after

  function asItIsNow(message: Message): Message {
    return changes.get(message.id)?.(message) ?? message
  }

  function forget(gone: readonly Message[]) {
    const messages = list.entries().map(entry => entry.message)
    quotes.keepFor(messages, gone)
    for (const message of gone) replies.forget(message)
  }

  /** Null where it is gone; throws where no answer came. */
  async function fetchOne(id: string): Promise<Message | null> {
    try {
      const { messages } = await api.messages(room_id, { around: id, limit: 1 })
      return messages.find(message => message.id === id) ?? null
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return null
      throw error
    }
  }

  async function refresh(message_id: string) {
    const message = await fetchOne(message_id).catch(() => null)
    if (message) renew(message)
  }

  function renew(message: Message) {
    const is_quoted = quotes.change(message.id, () => message)
    const is_here = list.has(message.id) && list.put(message)
    if (is_here) {
      replies.notice(message)
      requests.notice(message)
    } else if (!list.has(message.id)) replies.forget(message)
    if (is_here || is_quoted) changed()
  }

  function remove(id: string) {
    list.change(id, traceOf)
    quotes.change(id, traceOf)
    changed()
  }

  function clear(before_seq: number) {
    list.dropBefore(before_seq)
    quotes.clear()
    // A page that is on its way may be from before, and where the end is not loaded it is all there is now.
    if (held || stretch.more.after) return void open()
    opening += 1
    loading = { before: false, after: false }
    stretch.end({ before: false })
    changed()
  }

  /** The server has stored what I sent. */
  function deliver(message: Message) {
    newest_seq = Math.max(newest_seq, message.seq)
    if (held || !stretch.more.after) list.put(message)
    // The page that is on its way may have been read before the message was stored.
    held?.push({ id: null, type: 'message.created', data: { room_id, message } })
    changed()
  }

  function create(message: Message) {
    newest_seq = Math.max(newest_seq, message.seq)
    // Opened in the middle, the end is not here to be added to, but further away.
    if (stretch.more.after && !list.has(message.id)) return changed()
    if (list.put(message)) replies.notice(message)
    stretch.trim()
    changed()
  }

  function apply(event: StreamEvent) {
    if (event.type === 'room.cleared') clear(event.data.before_seq)
    if (held) return void held.push(event)
    if (phase !== 'ready') return
    if (event.type === 'message.created') return create(event.data.message)
    if (event.type === 'message.updated') {
      const { message } = event.data
      if (isExtending()) changes.set(message.id, () => message)
      return renew(message)
    }
    if (event.type === 'message.deleted') {
      if (isExtending()) changes.set(event.data.message_id, traceOf)
      return remove(event.data.message_id)
    }
    replies.apply(event)
  }

  return {
    room_id,
    subscribe,
    open,
    extend,
    apply,
    get phase() {
      return phase
    },
    get problem() {
      return problem
    },
    get more() {
      return stretch.more
    },
    covers: stretch.covers,
    /** Tells which message stands topmost in view: what is far from it may be let go. */
    reads: stretch.read,
    get loading() {
      return loading
    },
    /** Sides at which loading failed and waits for somebody to try again. */
    get stuck() {
      return stuck
    },
    /** How often it was opened anew, which is when the view has to be placed … */
    get openings() {
      return openings
    },
    /** … and where. */
    get opened_at() {
      return opened_at
    },
    /** The `seq` of the newest message that the room is known to have, loaded or not. */
    get newest_seq() {
      return newest_seq
    },
    entries: list.entries,
    last: list.last,
    has: list.has,
    find: list.find,
    /** A message as it is now, for wherever it is shown. */
    take: renew,
    /** Says under a message why something about it could not be done. */
    tell: requests.tell,
    /** What a message replies to: null where it is gone, undefined where it is not known yet, and then asked for. */
    quoted: (id: string): Message | null | undefined => list.find(id) ?? quotes.of(id),
    live: replies.text,
    reasoning: replies.reasoning,
    activity: replies.activity,
    tools: replies.tools,
    request: requests.of,
    stop: requests.stop,
    regenerate: requests.regenerate,
    choose: requests.choose,

    /** Around the first message that I have not read; the latest ones where there is none. */
    openAtUnread: () => open({ at: 'unread', limit: PAGE }, 'unread'),
    openAround: (id: string) => open({ around: id, limit: PAGE }, 'message'),

    send(writing: Writing) {
      const sending = outbox.send(room_id, writing)
      return stretch.more.after ? Promise.all([open(), sending]) : sending
    },
    retry: outbox.retry,
    discard: outbox.discard,
    deliver,
    /** What is on its way has changed. */
    renewOutgoing() {
      list.hold(outbox.entries(room_id))
      changed()
    },
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
