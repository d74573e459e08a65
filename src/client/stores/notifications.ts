import type { StreamEvent } from '../../shared/events.ts'
import type { Message } from '../../shared/messages.ts'
import type { MyRoom } from '../../shared/rooms.ts'
import { messagePath } from '../router.ts'
import type { NotificationChoice, NotifyingWindow } from './notification-choice.ts'
import type { Rooms } from './rooms.ts'

/** What is older was said while nobody could hear it: for that there is the inbox. */
const NEWS_MS = 60_000
const TEXT_MAX = 160
const EARLY_MAX = 20

export type Notifications = ReturnType<typeof createNotifications>
type Sources = {
  window: NotifyingWindow
  my_id: string
  rooms: Pick<Rooms, 'find' | 'nameOf' | 'subscribe'>
  choice: Pick<NotificationChoice, 'standing' | 'shows_text' | 'giveUp'>
  /** The room that this tab has open. */
  openRoom: () => string | null
  go: (path: string) => void
  /** By the clock of the server. */
  now: () => number
}
type Shown = { notification: Notification; message: Message }

/**
 * Calls whoever looks elsewhere: once, from one tab, by what they want to hear of each room, and not for what they have before
 * them. What is called for is taken back when it is read.
 */
export function createNotifications({ window, my_id, rooms, choice, openRoom, go, now }: Sources) {
  const { document, navigator } = window
  const stop = new AbortController()
  /** By room: a newer one takes the place of the one before. */
  const shown = new Map<string, Shown>()
  /** Answers that are being written, and since when: they call when they are done. */
  const growing = new Map<string, number>()
  /** The first words in a room that I have just come into, ahead of the room itself. */
  let early: Message[] = []
  let speaks = false
  let letGo = () => {}
  let held: string | null = null

  // The browser hands the lock on when this tab closes or crashes.
  void hold(`notifications:${my_id}`, 'exclusive', stop.signal, () => {
    speaks = true
  })

  /** Takes a lock until the signal is raised. */
  async function hold(name: string, mode: LockMode, signal: AbortSignal, got = () => {}) {
    const until = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    await navigator.locks
      ?.request(name, { mode, signal }, () => {
        got()
        return until
      })
      .catch(() => {})
  }

  const viewing = (room_id: string) => `viewing:${my_id}:${room_id}`

  /** Tells the other tabs which room somebody has before them in this one. */
  function look() {
    const room_id = document.visibilityState === 'visible' && document.hasFocus() ? openRoom() : null
    if (room_id === held) return
    letGo()
    held = room_id
    if (!room_id) return
    close(room_id)
    const end = new AbortController()
    letGo = () => end.abort()
    void hold(viewing(room_id), 'shared', end.signal)
  }

  async function isViewed(room_id: string): Promise<boolean> {
    look()
    if (held === room_id) return true
    const locks = await navigator.locks.query()
    return Boolean(locks.held?.some(lock => lock.name === viewing(room_id)))
  }

  function close(room_id: string) {
    shown.get(room_id)?.notification.close()
    shown.delete(room_id)
  }

  function closeAll() {
    for (const room_id of [...shown.keys()]) close(room_id)
  }

  /** Whether somebody wants to be called for it. */
  function calls(message: Message, room: MyRoom): boolean {
    if (room.notify === 'nothing' || message.sender_id === my_id || message.deleted_at) return false
    if (room.notify === 'everything' || room.direct) return true
    return (
      message.mentions.includes(my_id) || message.reply_to_sender_id === my_id || message.ai?.requested_by === my_id
    )
  }

  const isNews = (at: number) => now() - at < NEWS_MS

  function hear(message: Message) {
    const room = rooms.find(message.room_id)
    const said_at = Date.parse(message.timestamp)
    if (message.status === 'streaming') growing.set(message.id, said_at)
    else if (!room) early = [...early, message].slice(-EARLY_MAX)
    else if (calls(message, room) && isNews(said_at)) void show(message, room)
  }

  /** The end of an answer, however long it took. */
  function hearAgain(message: Message) {
    const { id, status, ai } = message
    if (message.deleted_at && shown.get(message.room_id)?.message.id === id) close(message.room_id)
    // Asked again: it grows from now on.
    if (status === 'streaming') return void (growing.has(id) || growing.set(id, now()))
    const begun_at = growing.get(id)
    if (begun_at === undefined) return
    growing.delete(id)
    const room = rooms.find(message.room_id)
    const is_news = isNews(begun_at + (ai?.response_ms ?? 0)) && ai?.stopped_by !== my_id
    if (room && is_news && calls(message, room)) void show(message, room)
  }

  async function show(message: Message, room: MyRoom) {
    if (!speaks || choice.standing !== 'on' || (await isViewed(room.id)) || stop.signal.aborted) return
    // Read meanwhile in another browser.
    if (!message.ai && (rooms.find(room.id)?.last_read_seq ?? 0) >= message.seq) return
    const place = rooms.nameOf(room)
    const title = room.direct ? message.sender_name : `${message.sender_name} in ${place}`
    const notification = notify(title, { body: await textOf(message), tag: `room:${room.id}`, renotify: true })
    if (!notification) return
    notification.onclick = () => {
      window.focus()
      go(messagePath(message.hash))
      close(room.id)
    }
    shown.set(room.id, { notification, message })
  }

  function notify(title: string, options: NotificationOptions & { renotify: boolean }): Notification | null {
    try {
      return window.Notification ? new window.Notification(title, options) : null
    } catch {
      // Browsers on telephones notify for installed applications only, and say so no sooner than here.
      choice.giveUp()
      return null
    }
  }

  async function textOf(message: Message): Promise<string> {
    if (!choice.shows_text) return message.ai ? 'New answer' : 'New message'
    const { plainText } = await import('../text/plain.ts')
    const text = plainText(message.content, TEXT_MAX)
    if (text) return text
    if (message.attachments.length) return message.attachments.length > 1 ? 'Pictures' : 'A picture'
    return message.ai?.error ?? 'An empty answer'
  }

  /** What was read anywhere calls no longer. */
  const stopFollowing = rooms.subscribe(() => {
    const here = early.filter(({ room_id }) => rooms.find(room_id))
    early = early.filter(message => !here.includes(message))
    for (const message of here) hear(message)
    for (const [room_id, { message }] of shown) {
      const room = rooms.find(room_id)
      if (!room || (!message.ai && room.last_read_seq >= message.seq)) close(room_id)
    }
  })
  // Nobody would be led anywhere by a click on what outlives its page.
  window.addEventListener('pagehide', closeAll, { signal: stop.signal })
  for (const type of ['focus', 'blur']) window.addEventListener(type, look, { signal: stop.signal })
  document.addEventListener('visibilitychange', look, { signal: stop.signal })
  look()

  return {
    look,
    apply(event: StreamEvent) {
      if (event.type === 'message.created') hear(event.data.message)
      if (event.type === 'message.updated') hearAgain(event.data.message)
      if (event.type !== 'message.deleted') return
      const { room_id, message_id } = event.data
      growing.delete(message_id)
      if (shown.get(room_id)?.message.id === message_id) close(room_id)
    },
    stop() {
      stop.abort()
      letGo()
      stopFollowing()
      closeAll()
    },
  }
}
