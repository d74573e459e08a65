import type { Query } from '../db/database.ts'

/** What is looked for. A list that is null does not narrow; an empty one would let nothing pass, and is never asked. */
export type Wanted = {
  /** Only what this person may read: their rooms of today, without what was cleared away. */
  viewer_id: string
  /** Each is somewhere in the text, whatever the case and the accents. */
  terms: string[]
  room_ids: string[] | null
  sender_ids: string[] | null
  has_image: boolean
  /** Epoch milliseconds, the one inclusive, the other not. */
  since: number | null
  until: number | null
  limit: number
}

export type FoundIds = {
  ids: string[]
  /** Whether there are older messages that were not looked through, and may be meant too. */
  is_partial: boolean
}

/**
 * The seam of the full-text search, the one thing that the engines do in ways of their own. Answers the ids of messages,
 * newest first: finished ones, neither deleted nor cleared, in rooms that the viewer is a member of and that still exist.
 */
export interface Finder {
  find(query: Query, wanted: Wanted): Promise<FoundIds>
}
