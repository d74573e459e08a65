import type { StreamEvent } from '../../shared/events.ts'
import type { InboxItem, Inbox as InboxPage } from '../../shared/inbox.ts'
import type { Message } from '../../shared/messages.ts'
import { createObservable } from './observable.ts'
import type { Rooms } from './rooms.ts'

export type InboxPhase = 'loading' | 'ready' | 'failed'
export type Inbox = ReturnType<typeof createInbox>
type Sources = {
  load: (before?: string) => Promise<InboxPage>
  rooms: Pick<Rooms, 'find'>
  my_id: string
}

/** What mentions me or replies to me in all my rooms, newest first, kept true by the stream. */
export function createInbox({ load, rooms, my_id }: Sources) {
  const { subscribe, changed } = createObservable()
  let items: InboxItem[] = []
  let phase: InboxPhase = 'loading'
  let problem: string | null = null
  let has_more = false
  let extending = false
  let stuck: string | null = null
  /** A page that was asked for before the latest event may lack it. */
  let turn = 0
  let loading = false

  async function open() {
    loading = true
    problem = null
    if (phase === 'failed') phase = 'loading'
    changed()
    try {
      let page: InboxPage
      let mine: number
      do {
        mine = turn
        page = await load()
      } while (mine !== turn)
      items = page.items
      has_more = page.has_more
      phase = 'ready'
    } catch (error) {
      problem = wordsOf(error)
      phase = 'failed'
    }
    loading = false
    changed()
  }

  function reload() {
    if (loading) turn++
    else void open()
  }

  async function extend() {
    const last = items[items.length - 1]
    if (!last || extending || !has_more) return
    extending = true
    stuck = null
    changed()
    try {
      const page = await load(last.message.id)
      const known = new Set(items.map(({ message }) => message.id))
      items = [...items, ...page.items.filter(({ message }) => !known.has(message.id))]
      has_more = page.has_more
    } catch (error) {
      stuck = wordsOf(error)
    }
    extending = false
    changed()
  }

  function keep(stays: (item: InboxItem) => boolean) {
    const left = items.filter(stays)
    if (left.length === items.length) return
    items = left
    changed()
  }

  function reasonOf(message: Message): InboxItem['reason'] | null {
    if (message.sender_id === my_id || message.deleted_at) return null
    if (message.mentions.includes(my_id)) return 'mention'
    return message.reply_to_sender_id === my_id ? 'reply' : null
  }

  function put(message: Message) {
    const reason = reasonOf(message)
    const others = items.filter(item => item.message.id !== message.id)
    const room = rooms.find(message.room_id)
    const oldest = items[items.length - 1]?.message.id ?? ''
    // What lies beyond the end comes when that is loaded.
    const is_beyond = has_more && message.id < oldest
    if (reason && room && !is_beyond) {
      const item = { message, room, reason, is_unread: message.seq > room.last_read_seq }
      items = [...others, item].sort((one, other) => (one.message.id < other.message.id ? 1 : -1))
    } else if (others.length < items.length) items = others
    else return
    changed()
  }

  return {
    subscribe,
    /** Where somebody was in it when they left. */
    place: { top: 0, at: null as string | null },
    get items(): readonly InboxItem[] {
      return items
    },
    get phase() {
      return phase
    },
    get problem() {
      return problem
    },
    get has_more() {
      return has_more
    },
    get extending() {
      return extending
    },
    /** Why there are no older ones, where there should be. */
    get stuck() {
      return stuck
    },
    isUnread({ message, is_unread }: InboxItem) {
      const room = rooms.find(message.room_id)
      return room ? message.seq > room.last_read_seq : is_unread
    },
    open,
    extend,
    reload,

    apply(event: StreamEvent) {
      if (loading) turn++
      switch (event.type) {
        case 'message.created':
        case 'message.updated':
          return put(event.data.message)
        case 'message.deleted':
          return keep(({ message }) => message.id !== event.data.message_id)
        case 'room.cleared':
          return keep(({ message }) => message.room_id !== event.data.room_id || message.seq >= event.data.before_seq)
        case 'room.deleted':
          return keep(({ message }) => message.room_id !== event.data.room_id)
        case 'room.restored':
          return reload()
        case 'member.joined':
          return event.data.member.user.id === my_id ? reload() : undefined
        case 'member.left':
          if (event.data.member.user.id === my_id) keep(({ message }) => message.room_id !== event.data.room_id)
      }
    },
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
