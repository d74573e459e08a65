import { sqliteKit } from './columns.ts'
import { defineSchema } from './schema.ts'

/** SQLite's tables, one by one, because drizzle-kit reads the exports of this file. */
export const {
  users,
  sessions,
  nostr_challenges,
  password_resets,
  rooms,
  room_members,
  mentions,
  messages,
  message_edits,
  reactions,
  invites,
  agent_sessions,
  message_versions,
  uploads,
  events,
  meta,
} = defineSchema(sqliteKit)
