import type { Message, Upload } from '../../shared/messages.ts'
import type { User } from '../../shared/users.ts'
import type { Entry } from './message-list.ts'

/** A message that I wrote and the server has not confirmed yet. */
export type Letter = {
  /** Stays the same through every attempt, so that the server stores it once. */
  client_id: string
  room_id: string
  content: string
  attachments: Upload[]
  reply_to: { id: string; sender_id: string } | null
  /** Epoch milliseconds, rising: the order in which letters go out. */
  written_at: number
  /** Why the server will not have it; null for what is still to go. */
  refused: Refused | null
}
export type Refused = { problem: string; may_retry: boolean }

/** Where letters last longer than the page. */
export type LetterShelf = {
  /** In the order of writing. */
  all: () => Promise<Letter[]>
  put: (letter: Letter) => Promise<unknown>
  remove: (client_id: string) => Promise<unknown>
  /** Runs the work when no other tab of this account is at it. */
  alone: (work: () => Promise<void>) => Promise<void>
  /** Calls back when another tab has changed something; returns how to stop. */
  subscribe: (listener: () => void) => () => void
}

/** What was written, as the timeline shows it. */
export function entryOf(letter: Letter, me: User, delivery: Entry['delivery'], problem: string | null): Entry {
  const retriable = delivery === 'failed' && (letter.refused?.may_retry ?? true)
  return { key: `${me.id}/${letter.client_id}`, message: draftOf(letter, me), delivery, problem, retriable }
}

/** The message as I wrote it, until the server says how it stored it. */
function draftOf({ client_id, room_id, content, attachments, reply_to, written_at }: Letter, me: User): Message {
  return {
    id: '',
    room_id,
    seq: Number.MAX_SAFE_INTEGER,
    hash: '',
    client_id,
    sender_id: me.id,
    sender_name: me.display_name,
    sender_kind: 'human',
    timestamp: new Date(written_at).toISOString(),
    content,
    mentions: [],
    reply_to: reply_to?.id ?? null,
    reply_to_sender_id: reply_to?.sender_id ?? null,
    attachments,
    reactions: [],
    edited_at: null,
    deleted_at: null,
    status: 'complete',
    ai: null,
  }
}
