import type { Message } from '../../shared/messages.ts'
import type { UserRow } from '../accounts/present.ts'
import type { LastingEvent } from '../events/bus.ts'

/** Who an agent is to the people in the rooms. */
export type Profile = { handle: string; display_name: string }

/** Why an agent speaks, and to whom. */
export type Wake = {
  room_id: string
  /** The message that is answered. */
  trigger: { id: string; seq: number }
  /** Earlier messages that are answered along with it. */
  covers?: string[]
  requested_by: string
  model_id: string
  /** The word of the rule that woke it, kept with the run. */
  rule: string
  /** Its own message that is to be written anew, emptied already; null: a new message. */
  again: Message | null
}

/** One run: claimed, its empty message already in the room. */
export type Turn = Omit<Wake, 'again'> & {
  run_id: string
  message: Message
  started_at: number
  /** Aborted with a `StopRequest` when somebody stops the answer, with `GivenUp` when its place is gone, and with anything else when the process ends. */
  signal: AbortSignal
}

/** Somebody has asked for the end of an answer. */
export class StopRequest extends Error {
  constructor(readonly user_id: string) {
    super('the answer was stopped')
  }
}

/** Nobody will see the answer: the message says why, to those who may see it after all one day. */
export class GivenUp extends Error {}

/**
 * A follower of events that may speak. It says what it wants of an event and fills the message it was given; claiming,
 * queueing, one run at a time a room, stopping, and recovery after a crash are the runner's.
 */
export interface Agent {
  readonly profile: Profile
  /** Null: not this time. An agent begins with its reasons not to speak. `me` is its own account. */
  wants(event: LastingEvent, me: UserRow): Promise<Wake | null>
  /** Brings its message to an end, whatever happens. Rejects for nothing but a mistake of its own. */
  respond(turn: Turn, me: UserRow): Promise<void>
}
