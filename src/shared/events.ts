import type { Invite } from './invites.ts'
import type { Message, ToolRun } from './messages.ts'
import type { Member, MyRoom, Presence, Room } from './rooms.ts'
import type { User } from './users.ts'

/** What lasts: a row of the log, in the same transaction as the change it reports. */
export type LastingData = {
  'message.created': { room_id: string; message: Message }
  'message.updated': { room_id: string; message: Message }
  'message.deleted': { room_id: string; message_id: string }
  'room.created': { room_id: string; room: Room }
  'room.updated': { room_id: string; room: Room }
  /** Every message with a smaller `seq` is gone. */
  'room.cleared': { room_id: string; room: Room; before_seq: number }
  'room.deleted': { room_id: string; room: Room }
  'room.restored': { room_id: string; room: Room }
  'member.joined': { room_id: string; member: Member }
  'member.updated': { room_id: string; member: Member }
  'member.left': { room_id: string; member: Member }
  'user.updated': { user: User }
  'read.updated': {
    room_id: string
    user_id: string
    message_id: string | null
    last_read_seq: number
    unread_count: number
    /** Absent only in events from before it was told. */
    mention_count?: number
  }
  /** How this person wants the room from now on, to that person only. */
  'preferences.updated': { room_id: string; user_id: string } & Pick<
    MyRoom,
    'notify' | 'is_favourite' | 'position' | 'is_closed'
  >
  'invite.accepted': { room_id: string; invite: Invite; user: User }
}

export type AiState = 'thinking' | 'searching' | 'reading' | 'writing'

/** What passes: over the bus only, without an id, worth nothing a minute later. */
export type PassingData = {
  typing: { room_id: string; user_id: string; display_name: string }
  presence: { room_id: string; user_id: string; state: Presence }
  'ai.status': { room_id: string; message_id: string; state: AiState; detail: string | null }
  /** A piece of what the model thinks aloud, apart from the answer; `at` as in `message.delta`. */
  'ai.reasoning': { room_id: string; message_id: string; at: number; text: string }
  'ai.tool': { room_id: string; message_id: string; tool: ToolRun }
  /** `at`: UTF-16 code units of the text that precedes this piece. */
  'message.delta': { room_id: string; message_id: string; at: number; text: string }
  'message.snapshot': { room_id: string; message_id: string; text: string }
}

/** What concerns one connection alone. */
export type ControlData = {
  hello: { cursor: string; server_time: string; heartbeat_ms: number }
  ping: Record<string, never>
  reset: { reason: string }
  bye: { reason: string; retry_ms: number }
}

export type LastingType = keyof LastingData
/** Those that carry what was said. */
export const MESSAGE_EVENTS: readonly LastingType[] = ['message.created', 'message.updated', 'message.deleted']
export type PassingType = keyof PassingData
export type ControlType = keyof ControlData

/** Every frame of the stream as the client sees it, discriminated by `type`. */
export type StreamEvent = {
  [T in LastingType | PassingType | ControlType]: {
    type: T
    /** The cursor to resume from; on lasting events only. */
    id: string | null
    data: (LastingData & PassingData & ControlData)[T]
  }
}[LastingType | PassingType | ControlType]
