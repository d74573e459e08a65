import type { LastingData, StreamEvent } from '../shared/events.ts'
import type { User } from '../shared/users.ts'
import { createApi } from './api.ts'
import type { Attendance } from './attendance.ts'
import type { News, Notices } from './components/notices/notices.ts'
import { accountPath, createRouter, roomPath } from './router.ts'
import { createConnection } from './stores/connection.ts'
import { partnerIn } from './stores/direct-rooms.ts'
import { createDrafts } from './stores/drafts.ts'
import type { Inbox } from './stores/inbox.ts'
import { createModels } from './stores/models.ts'
import type { NotifyingWindow } from './stores/notification-choice.ts'
import { createOpenRooms } from './stores/open-rooms.ts'
import { createOutbox } from './stores/outbox.ts'
import { createPresence } from './stores/presence.ts'
import { createRooms } from './stores/rooms.ts'
import type { Search } from './stores/search.ts'
import { createSession } from './stores/session.ts'
import { createTheme } from './stores/theme.ts'
import { createStream } from './stream.ts'

/** The stream says hello within one round trip; whoever waits longer than this gets the rooms without it. */
const HELLO_FIRST_MS = 700

/** What comes late and is then kept true by the stream, like everything else. */
export type Hearer = {
  apply: (event: StreamEvent) => void
  /** Nothing that was loaded can be relied upon. */
  reload?: () => void
}
/** Whoever has a stream is there, so what a tab says of itself can wait. */
const ATTEND_AFTER_MS = 5_000
/** As many as the server lets one stream watch. */
const WATCHED_MAX = 50

export type Application = ReturnType<typeof createApplication>
export type Desk = ReturnType<typeof createDesk>

/** What lives as long as the tab. */
export function createApplication(window: NotifyingWindow) {
  const router = createRouter(window)
  const theme = createTheme(window)
  const send: typeof fetch = Object.assign((...request: Parameters<typeof fetch>) => fetch(...request), fetch)
  const session = createSession(() => api)
  const api = createApi(send, session.expire)
  return { window, router, theme, session, api, send }
}

/** What lives as long as somebody is signed in: their rooms, and the stream that keeps them true. */
export function createDesk(app: Application, me: User) {
  const { window } = app
  const presence = createPresence()
  const api = presence.through(app.api)
  const rooms = createRooms(api, me.id)
  const models = createModels(api)
  const drafts = createDrafts(window.localStorage, me.id)
  const outbox = createOutbox({
    api,
    me,
    isOnline: () => window.navigator.onLine,
    openShelf: async () => (await import('./stores/letter-shelf.ts')).openLetterShelf(me.id, window),
    deliver: message => {
      rooms.apply({ id: null, type: 'message.created', data: { room_id: message.room_id, message } })
      open.deliver(message)
    },
    refused: tellOfRefusal,
    changed: room_id => open.renewOutgoing(room_id),
  })
  const open = createOpenRooms({ api, rooms, outbox, me, window })
  const hearers = new Set<Hearer>()
  let begun = false
  let notices: Notices | null = null
  let attendance: Attendance | null = null
  let attending = false
  let closed = false

  function begin() {
    begun = true
    void rooms.load()
    open.reload()
    for (const hearer of hearers) hearer.reload?.()
  }

  /** Says something at the edge of the page, for a while. */
  async function tell(news: News) {
    const { openNotices } = await import('./components/notices/notices.ts')
    notices ??= openNotices(window.document)
    notices.tell(news)
  }

  function tellOf({ room_id, user }: LastingData['invite.accepted']) {
    const found = rooms.find(room_id)
    const room = found ? rooms.nameOf(found) : 'your room'
    void tell({ text: `${user.display_name} accepted your invitation to ${room}.`, path: roomPath(room_id) })
  }

  /** In the open room it stands in its row. */
  function tellOfRefusal(room_id: string, problem: string) {
    if (room_id === open_room) return
    const found = rooms.find(room_id)
    const room = found ? rooms.nameOf(found) : 'a room'
    void tell({ text: `Your message to ${room} was not accepted. ${problem}`, path: roomPath(room_id), bad: true })
  }

  /** Somebody else may have signed in meanwhile: what I wrote is not theirs to send. */
  async function resume() {
    if (!outbox.waiting) return
    const { user } = await api.me()
    if (user.id === me.id) void outbox.resume()
    else app.session.welcome(user)
  }

  let open_room: string | null | undefined
  let watched = ''

  /** The room that is open, and those of the people whose presence the list shows. */
  function watch(anew = true) {
    const of_people = rooms.all.filter(room => !room.is_closed && partnerIn(room, me.id)?.kind === 'human')
    const ids = of_people.map(room => room.id).sort()
    const wanted = [...new Set([...(open_room ? [open_room] : []), ...ids])].slice(0, WATCHED_MAX)
    if (!anew && wanted.join() === watched) return
    watched = wanted.join()
    stream.watch(wanted)
  }

  /** What reaches beyond the page comes when there is reason to, or once there is time. */
  async function attend() {
    if (attending) return
    attending = true
    const late = await import('./attendance.ts').catch(() => null)
    // Without it the page is as good as with it; the next reason tries again.
    if (!late) attending = false
    else if (!closed) attendance = late.attend(app, desk)
  }

  /** What passed while the line was down was told to nobody. */
  function relearn() {
    void api.rooms().catch(() => {})
    if (open_room) void api.room(open_room).catch(() => {})
  }

  const stream = createStream({
    send: app.send,
    onSignedOut: app.session.expire,
    onFresh: begin,
    onEvent: (event: StreamEvent) => {
      if (event.type === 'message.created') outbox.arrived(event.data.message)
      rooms.apply(event)
      open.apply(event)
      presence.apply(event)
      for (const hearer of hearers) hearer.apply(event)
      if (event.type === 'user.updated') app.session.rename(event.data.user)
      if (event.type === 'invite.accepted') tellOf(event.data)
    },
  })
  const connection = createConnection(stream, window)
  window.addEventListener('pagehide', rooms.keepMarks)
  const attendLater = setTimeout(() => void attend(), ATTEND_AFTER_MS)
  const stopResuming = connection.onBack(() => {
    void resume().catch(() => {})
    attendance?.resume()
    if (begun) relearn()
  })
  const stopFollowing = rooms.subscribe(() => {
    if (open_room !== undefined) watch(false)
    if (rooms.unread) void attend()
  })
  const hurry = setTimeout(() => begun || begin(), HELLO_FIRST_MS)
  void models.load()
  if (window.Notification?.permission === 'granted') void attend()

  const desk = {
    me,
    rooms,
    models,
    drafts,
    open,
    outbox,
    connection,
    presence,
    /** Both from the first visit on. */
    search: null as Search | null,
    inbox: null as Inbox | null,
    serverTime: stream.serverTime,
    get open_room() {
      return open_room ?? null
    },
    hear: (hearer: Hearer) => hearers.add(hearer),
    tell,
    get begun() {
      return begun
    },
    watch(room_id: string | null) {
      open_room = room_id
      watch()
      attendance?.look()
    },
    close() {
      clearTimeout(hurry)
      window.removeEventListener('pagehide', rooms.keepMarks)
      stopResuming()
      stopFollowing()
      closed = true
      clearTimeout(attendLater)
      attendance?.stop()
      outbox.stop()
      connection.stop()
      stream.stop()
    },
  }
  return desk
}

export function signInAgain(app: Application) {
  app.router.go(accountPath('sign-in', app.router.path), { replace: true })
}
