import type { StreamEvent } from '../../shared/events.ts'
import type { Message, Upload } from '../../shared/messages.ts'
import type { User } from '../../shared/users.ts'
import type { Api, PageQuery } from '../api.ts'
import { Refusal } from '../api.ts'
import { createLiveReplies } from './live-replies.ts'
import { traceOf } from './message-changes.ts'
import { createMessageList } from './message-list.ts'
import { createObservable } from './observable.ts'
import { createOutbox } from './outbox.ts'
import { createQuoted } from './quoted.ts'
import { createReplyRequests } from './reply-requests.ts'
import type { Unsent } from './unsent.ts'

const PAGE = 50
const PAGE_MOST = 200
/** Rows kept at a time; what is far away is loaded again when somebody scrolls there. */
const KEEP = 300

export type Phase = 'idle' | 'loading' | 'ready' | 'failed' | 'missing'
export type Timeline = ReturnType<typeof createTimeline>

export type TimelineOptions = {
  api: Pick<Api, 'messages' | 'post' | 'stop' | 'regenerate' | 'chooseVersion'>
  room_id: string
  me: User
  isOnline: () => boolean
  unsent: Unsent
  newId?: () => string
}

/** The conversation of one room: a stretch of its messages, and what keeps that stretch true. */
export function createTimeline({
  api,
  room_id,
  me,
  isOnline,
  unsent,
  newId = () => crypto.randomUUID(),
}: TimelineOptions) {
  const { subscribe, changed } = createObservable()
  const list = createMessageList()
  const outbox = createOutbox({ api, list, isOnline, deliver, changed: onOutbox })
  const replies = createLiveReplies({ refresh, changed })
  const quotes = createQuoted({ load: fetchOne, changed })
  const requests = createReplyRequests({ api, take: renew, changed })

  let phase: Phase = 'idle'
  let problem: string | null = null
  let more = { before: false, after: false }
  let loading = { before: false, after: false }
  let stuck = { before: false, after: false }
  let newest_seq = 0
  /** Counts the openings, so that an answer to a question nobody asks any more is dropped. */
  let opening = 0
  let openings = 0
  let opened_at: 'end' | 'unread' | 'message' = 'end'
  /** What comes in until a page has arrived, the first one or another: the page may be older than that. */
  let held: StreamEvent[] | null = []

  for (const { content, client_id, attachments } of unsent.read()) {
    list.send(draft(room_id, me, content, client_id, attachments))
    list.fail(client_id, 'The page was closed before the server answered.')
  }

  function onOutbox() {
    unsent.keep(list.unsent())
    changed()
  }

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
      quotes.clear()
      quotes.take(page)
      more = { before: page.has_more_before, after: page.has_more_after }
      stuck = { before: false, after: false }
      newest_seq = Math.max(newest_seq, list.last()?.seq ?? 0)
      for (const message of page.messages) replies.notice(message)
      // Some of what seemed unsent may have arrived after all.
      unsent.keep(list.unsent())
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
    if (!edge || !more[side] || loading[side] || phase !== 'ready') return
    const mine = opening
    loading = { ...loading, [side]: true }
    stuck = { ...stuck, [side]: false }
    changed()
    try {
      const page = await api.messages(room_id, { [side]: edge.id, limit: PAGE })
      if (mine === opening) {
        for (const message of page.messages) if (list.put(message)) replies.notice(message)
        quotes.take(page)
        if (side === 'before') {
          more = { before: page.has_more_before, after: letGo(list.keepFirst(KEEP)) || more.after }
        } else {
          more = { before: letGo(list.keepLast(KEEP)) || more.before, after: page.has_more_after }
          newest_seq = Math.max(newest_seq, list.last()?.seq ?? 0)
        }
      }
    } catch {
      stuck = { ...stuck, [side]: true }
    }
    loading = { ...loading, [side]: false }
    changed()
  }

  /** Returns whether there was anything to let go. */
  function letGo(gone: readonly Message[]): boolean {
    const messages = list.entries().map(entry => entry.message)
    if (gone.length) quotes.keepFor(messages, gone)
    return gone.length > 0
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
    }
    if (is_here || is_quoted) changed()
  }

  function remove(id: string) {
    list.change(id, traceOf)
    quotes.change(id, traceOf)
    changed()
  }

  function deliver(message: Message) {
    list.put(message)
    // The page that is on its way may have been read before the message was stored.
    held?.push({ id: null, type: 'message.created', data: { room_id, message } })
  }

  function create(message: Message) {
    newest_seq = Math.max(newest_seq, message.seq)
    // Opened in the middle, the end is not here to be added to.
    if (more.after && !list.has(message.id)) return
    if (list.put(message)) replies.notice(message)
    if (!loading.before) more = { ...more, before: letGo(list.keepLast(KEEP * 2)) || more.before }
    changed()
  }

  function apply(event: StreamEvent) {
    if (held) return void held.push(event)
    if (phase !== 'ready') return
    if (event.type === 'message.created') return create(event.data.message)
    if (event.type === 'message.updated') return renew(event.data.message)
    if (event.type === 'message.deleted') return remove(event.data.message_id)
    if (event.type === 'room.cleared') return void open()
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
      return more
    },
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

    /** The latest messages, and before them as many as are unread, as far as one page goes. */
    openAtUnread: (unread: number) => open({ limit: Math.min(PAGE_MOST, Math.max(PAGE, unread + 20)) }, 'unread'),
    openAround: (id: string) => open({ around: id, limit: PAGE }, 'message'),

    send(content: string, attachments: Upload[] = []) {
      const sending = outbox.send(draft(room_id, me, content, newId(), attachments))
      return more.after ? Promise.all([open(), sending]) : sending
    },
    retry: outbox.retry,
    discard: outbox.discard,
    resume: outbox.resume,
  }
}

/** The message as I wrote it, until the server says how it stored it. */
function draft(room_id: string, me: User, content: string, client_id: string, attachments: Upload[] = []): Message {
  return {
    id: '',
    room_id,
    seq: Number.MAX_SAFE_INTEGER,
    hash: '',
    client_id,
    sender_id: me.id,
    sender_name: me.display_name,
    sender_kind: 'human',
    timestamp: new Date().toISOString(),
    content,
    mentions: [],
    reply_to: null,
    attachments,
    reactions: [],
    edited_at: null,
    deleted_at: null,
    status: 'complete',
    ai: null,
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
