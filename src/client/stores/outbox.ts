import type { Message, Upload } from '../../shared/messages.ts'
import type { User } from '../../shared/users.ts'
import { type Api, type Post, Refusal } from '../api.ts'
import { entryOf, type Letter, type LetterShelf } from './letters.ts'
import type { Entry } from './message-list.ts'
import { createObservable } from './observable.ts'

const WAITING = 'Waiting for the connection'
const NOT_YET = 'Waiting for the message before it'
const TOO_FAST = 'The server asked for a short pause. This goes out by itself.'
/** After a 429, and twice as long after each one that follows it. */
const PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 60_000

export type Outbox = ReturnType<typeof createOutbox>
export type Writing = { content: string; attachments?: Upload[]; reply_to?: Pick<Message, 'id' | 'sender_id'> | null }

export type OutboxOptions = {
  api: Pick<Api, 'post'>
  me: User
  isOnline: () => boolean
  /** Rejects where the browser keeps nothing. */
  openShelf: () => Promise<LetterShelf>
  /** Takes a message as the server stored it. */
  deliver: (message: Message) => void
  /** The server will not have it, and says why. */
  refused?: (room_id: string, problem: string) => void
  /** What is on its way to this room has changed. */
  changed: (room_id: string) => void
  newId?: () => string
}

type Held = { letter: Letter; entry: Entry; kept: boolean }

/**
 * What I have written, in all rooms, until the server has it. One goes out after the other, in the order of writing, and
 * keeps its `client_id` through every attempt, so the server stores it once. Without an answer everything waits; what
 * the server will not have says why. Letters outlive the page, and whichever tab is there sends them.
 */
export function createOutbox(options: OutboxOptions) {
  const { api, me, isOnline, openShelf, deliver, changed, newId = randomId } = options
  const observable = createObservable()
  let held: Held[] = []
  let shelf: LetterShelf | null = null
  let is_lasting = true
  let stopWatching = () => {}
  let sending: Promise<void> | null = null
  let is_due = false
  let is_stopped = false
  let pause_ms = PAUSE_MS
  let pause: ReturnType<typeof setTimeout> | undefined

  const find = (client_id: string) => held.find(one => one.letter.client_id === client_id)

  function tell(room_ids: Iterable<string>) {
    for (const room_id of new Set(room_ids)) changed(room_id)
    observable.changed()
  }

  function show(one: Held, delivery: Entry['delivery'], problem: string | null) {
    one.entry = { ...entryOf(one.letter, me, delivery, problem), message: one.entry.message }
    tell([one.letter.room_id])
  }

  function take(letter: Letter, kept: boolean) {
    const { refused } = letter
    const entry = refused
      ? entryOf(letter, me, 'failed', refused.problem)
      : entryOf(letter, me, 'pending', isOnline() ? null : WAITING)
    held = [...held, { letter, entry, kept }].sort((one, other) => one.letter.written_at - other.letter.written_at)
  }

  function drop(client_id: string) {
    const one = find(client_id)
    if (!one) return
    held = held.filter(other => other !== one)
    void shelf?.remove(client_id).catch(losing)
    tell([one.letter.room_id])
  }

  async function keep(one: Held) {
    try {
      await shelf?.put(one.letter)
      one.kept = shelf !== null
    } catch {
      losing()
    }
  }

  /** A full, broken or forbidden storage: letters last as long as the page, and people are told. */
  function losing() {
    is_lasting = false
    observable.changed()
  }

  async function open() {
    try {
      shelf = await openShelf()
      stopWatching = shelf.subscribe(() => void catchUp().catch(losing))
      for (const one of held) void keep(one)
      await catchUp()
    } catch {
      losing()
    }
  }

  /** What other tabs have written, sent or given up. */
  async function catchUp() {
    const letters = await shelf?.all()
    if (!letters) return
    const rooms = held.map(one => one.letter.room_id)
    held = held.filter(one => !one.kept || letters.some(letter => isSame(one.letter, letter)))
    for (const letter of letters) if (!find(letter.client_id)) take(letter, true)
    tell([...rooms, ...held.map(one => one.letter.room_id)])
    await flush()
  }

  async function sendAll() {
    for (let next = nextOf(held); next && isOnline() && !pause && !is_stopped; next = nextOf(held)) {
      if (!(await send(next))) break
    }
    const problem = isOnline() ? NOT_YET : WAITING
    for (const one of held) if (one.entry.delivery === 'pending' && !one.entry.problem) show(one, 'pending', problem)
  }

  /** Tells whether the next one may go. */
  async function send(one: Held): Promise<boolean> {
    const { client_id, room_id } = one.letter
    if (one.entry.problem) show(one, 'pending', null)
    try {
      const { message } = await api.post(room_id, postOf(one.letter))
      pause_ms = PAUSE_MS
      drop(client_id)
      deliver(message)
      return true
    } catch (error) {
      // The stream may have brought the message although its answer got lost: then there is nothing left to fail.
      if (find(client_id) !== one) return true
      return fail(one, error)
    }
  }

  function fail(one: Held, error: unknown): boolean {
    const problem = error instanceof Error ? error.message : String(error)
    if (error instanceof Refusal && error.is_final) {
      one.letter = { ...one.letter, refused: { problem, may_retry: error.status === 403 } }
      show(one, 'failed', problem)
      void keep(one)
      options.refused?.(one.letter.room_id, problem)
      return true
    }
    if (!isOnline()) show(one, 'pending', WAITING)
    else if (error instanceof Refusal && error.status === 429) waitAwhile(one)
    else show(one, 'failed', problem)
    return false
  }

  function waitAwhile(one: Held) {
    show(one, 'pending', TOO_FAST)
    pause = setTimeout(endPause, pause_ms)
    pause_ms = Math.min(2 * pause_ms, LONGEST_PAUSE_MS)
  }

  function endPause() {
    clearTimeout(pause)
    pause = undefined
    return resume()
  }

  function flush() {
    is_due = true
    sending ??= work().finally(() => {
      sending = null
    })
    return sending
  }

  async function work() {
    while (is_due) {
      is_due = false
      await (shelf ? shelf.alone(sendAll) : sendAll())
    }
  }

  /** What got no answer gets another try, before anything that was written after it. */
  function resume() {
    for (const one of held) if (!one.letter.refused && one.entry.delivery === 'failed') show(one, 'pending', null)
    return flush()
  }

  void open()

  return {
    subscribe: observable.subscribe,
    /** How many are still to go. */
    get waiting() {
      return held.filter(one => !one.letter.refused).length
    },
    /** How many stand here unsent, refused ones as well. */
    get size() {
      return held.length
    },
    /** False where the browser keeps nothing, so that letters are lost with the page. */
    get is_lasting() {
      return is_lasting
    },
    /** What is on its way to a room; an entry stays the same object for as long as what it shows does. */
    entries: (room_id: string): Entry[] => held.filter(one => one.letter.room_id === room_id).map(one => one.entry),

    /** Resolves when there is nothing more to be tried for now. */
    send(room_id: string, { content, attachments = [], reply_to = null }: Writing) {
      const written_at = Math.max(Date.now(), (held.at(-1)?.letter.written_at ?? 0) + 1)
      const answered = reply_to && { id: reply_to.id, sender_id: reply_to.sender_id }
      const client_id = newId()
      take({ client_id, room_id, content, attachments, reply_to: answered, written_at, refused: null }, false)
      const one = find(client_id)
      if (one) void keep(one)
      tell([room_id])
      return resume()
    },
    retry(client_id: string) {
      const one = find(client_id)
      if (one?.letter.refused) {
        one.letter = { ...one.letter, refused: null }
        show(one, 'pending', null)
        void keep(one)
      }
      return endPause()
    },
    discard: drop,
    /** The server has it, whoever says so. */
    arrived({ client_id, sender_id }: Pick<Message, 'client_id' | 'sender_id'>) {
      if (client_id && sender_id === me.id) drop(client_id)
    },
    /** The connection is back. */
    resume: endPause,
    stop() {
      is_stopped = true
      clearTimeout(pause)
      stopWatching()
    },
  }
}

/** Nothing overtakes what waits for another try. */
function nextOf(held: readonly Held[]): Held | undefined {
  const first = held.find(one => !one.letter.refused)
  return first?.entry.delivery === 'pending' ? first : undefined
}

function postOf({ content, client_id, attachments, reply_to }: Letter): Post {
  const attachment_ids = attachments.map(({ id }) => id)
  return {
    content,
    client_id,
    ...(attachments.length && { attachment_ids }),
    ...(reply_to && { reply_to: reply_to.id }),
  }
}

function isSame(one: Letter, other: Letter): boolean {
  return one.client_id === other.client_id && Boolean(one.refused) === Boolean(other.refused)
}

/** `crypto.randomUUID` is only there where the address is `https:` or of this machine. */
function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('')
}
