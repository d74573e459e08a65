import type { Session, User } from '../../shared/users.ts'
import type { Tables } from '../db/database.ts'

export type UserRow = Tables['users']['$inferSelect']

/** What everybody who shares a room may know. */
export function presentUser(row: UserRow): User {
  return {
    id: row.id,
    kind: row.kind,
    display_name: row.display_name,
    handle: row.handle,
    role: row.role,
    avatar_url: row.avatar_url,
    nostr_pubkey: row.nostr_pubkey,
    created_at: new Date(row.created_at).toISOString(),
  }
}

/** The same with the email address: for the person and for admins. */
export function presentSelf(row: UserRow): User {
  return { ...presentUser(row), ...(row.email && { email: row.email }) }
}

type SessionRow = Tables['sessions']['$inferSelect']

export function presentSession(row: SessionRow, current_id: string): Session {
  return {
    id: row.id,
    user_agent: row.user_agent,
    created_at: new Date(row.created_at).toISOString(),
    last_seen_at: new Date(row.last_seen_at ?? row.created_at).toISOString(),
    expires_at: new Date(row.expires_at).toISOString(),
    current: row.id === current_id,
  }
}
