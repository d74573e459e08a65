import type { Room } from '../../shared/rooms.ts'
import type { Query } from '../db/database.ts'
import type { Emit } from '../events/log.ts'
import type { UserRow } from './present.ts'

/** What signing up needs to know of invites. */
export interface Admission {
  /** Rejects with 404 for a token that opens nothing; spends nothing. */
  check(query: Query, token: string): Promise<void>
  /** Puts the person into the room that the token opens, within the write that makes their account. */
  accept(tx: Query, emit: Emit, user: UserRow, token: string): Promise<Room>
}
