import type { User } from '../../shared/users.ts'
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

/** The same with the e-mail address: for the person and for admins. */
export function presentSelf(row: UserRow): User {
  return { ...presentUser(row), ...(row.email && { email: row.email }) }
}
