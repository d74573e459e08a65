import type { LastingData, LastingType, PassingData, PassingType } from '../../shared/events.ts'

/** A row of the log as it travels. Ids count up by one in the order of commits. */
export type LastingEvent = {
  [T in LastingType]: {
    id: number
    type: T
    room_id: string | null
    user_id: string | null
    subject_id: string | null
    data: LastingData[T]
    created_at: number
  }
}[LastingType]

export type PassingEvent = { [T in PassingType]: { type: T; room_id: string; data: PassingData[T] } }[PassingType]

export type Signal =
  | { kind: 'lasting'; event: LastingEvent }
  | { kind: 'passing'; event: PassingEvent }
  /** Not for clients: streams of this session end now. */
  | { kind: 'session_ended'; session_id: string }

/**
 * The doorbell between writers and followers, across processes. It may drop, repeat or reorder what it carries: whoever
 * needs every lasting event follows the log (see `follow`). A listener must not throw.
 */
export interface Bus {
  publish(signal: Signal): void
  /** Returns what ends the subscription. */
  subscribe(listener: (signal: Signal) => void): () => void
  /** Rejects when the bus cannot be reached. */
  ping(): Promise<void>
  close(): Promise<void>
}
