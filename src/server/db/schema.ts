import { sql } from 'drizzle-orm'
import type { LastingData, LastingType } from '../../shared/events.ts'
import type { AiRun } from '../../shared/messages.ts'
import type { ColumnKit } from './columns.ts'

/**
 * Every table, once, for every engine. Ids are UUIDv7 text, so they sort by the time they were made. Only the full-text index
 * of the messages is not here: each engine has its own, made by migrations and filled behind the posts (see `search/`).
 */
export function defineSchema(kit: ColumnKit) {
  const { table, text, choice, integer, real, flag, instant, json, sequence, index, unique, primaryKey } = kit

  const users = table('users', {
    id: text().primaryKey(),
    kind: choice('human', 'agent').notNull(),
    display_name: text().notNull(),
    handle: text().notNull().unique(),
    role: choice('admin', 'member', 'agent').notNull(),
    avatar_url: text(),
    email: text().unique(),
    nostr_pubkey: text().unique(),
    password_hash: text(),
    created_at: instant().notNull(),
    disabled_at: instant(),
  })

  const sessions = table(
    'sessions',
    {
      id: text().primaryKey(),
      user_id: text()
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      user_agent: text(),
      created_at: instant().notNull(),
      expires_at: instant().notNull(),
      /** To within some minutes. */
      last_seen_at: instant(),
      revoked_at: instant(),
    },
    at => [index('sessions_user').on(at.user_id), index('sessions_revoked').on(at.revoked_at)],
  )

  /** Challenges for signing in by Nostr key: asked once, answered once, within two minutes, by the same browser. */
  const nostr_challenges = table('nostr_challenges', {
    challenge: text().primaryKey(),
    /** SHA-256 of what the browser was given along with it. */
    browser_hash: text().notNull(),
    expires_at: instant().notNull(),
  })

  /** One-time links with which somebody sets a new password; made by an admin. */
  const password_resets = table('password_resets', {
    /** SHA-256 of the token; the token itself is shown once and never kept. */
    token_hash: text().primaryKey(),
    user_id: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    created_by: text()
      .notNull()
      .references(() => users.id),
    created_at: instant().notNull(),
    expires_at: instant().notNull(),
    used_at: instant(),
  })

  const rooms = table('rooms', {
    id: text().primaryKey(),
    name: text().notNull(),
    model_id: text().notNull(),
    ai_mode: choice('mention', 'always', 'off').notNull(),
    system_prompt: text().notNull(),
    visibility: choice('private', 'public').notNull(),
    created_by: text()
      .notNull()
      .references(() => users.id),
    created_at: instant().notNull(),
    deleted_at: instant(),
    /** Of the newest message; the next one takes this plus one, in the same write. */
    last_seq: integer().notNull().default(0),
    last_message_at: instant(),
    description: text().notNull().default(''),
    /** Messages up to this `seq` were cleared away: nobody sees them any more, nor do assistants. */
    cleared_seq: integer().notNull().default(0),
    /** Of a direct room: the ids of its two people, sorted, so that two people have one; null for every other room. */
    direct_key: text().unique(),
  })

  const room_members = table(
    'room_members',
    {
      room_id: text()
        .notNull()
        .references(() => rooms.id, { onDelete: 'cascade' }),
      user_id: text()
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      role: choice('owner', 'member').notNull(),
      is_muted: flag().notNull().default(false),
      joined_at: instant().notNull(),
      last_read_seq: integer().notNull().default(0),
      /** Which messages this person is called for. */
      notify: choice('everything', 'mentions', 'nothing').notNull().default('mentions'),
      is_favourite: flag().notNull().default(false),
      /** Where the room stands in this person's list; null: by its name, after those that have a place. */
      position: integer(),
      /** A direct room put away: it is out of the list until a message comes after this `seq`. */
      closed_seq: integer(),
    },
    at => [primaryKey({ columns: [at.room_id, at.user_id] }), index('room_members_user').on(at.user_id)],
  )

  const messages = table(
    'messages',
    {
      id: text().primaryKey(),
      room_id: text()
        .notNull()
        .references(() => rooms.id, { onDelete: 'cascade' }),
      seq: integer().notNull(),
      hash: text().notNull(),
      client_id: text(),
      sender_id: text()
        .notNull()
        .references(() => users.id),
      content: text().notNull(),
      mentions: json<string[]>().notNull(),
      reply_to: text(),
      status: choice('complete', 'streaming', 'stopped', 'interrupted', 'error').notNull(),
      ai: json<AiRun>(),
      created_at: instant().notNull(),
      edited_at: instant(),
      deleted_at: instant(),
      pinned_at: instant(),
      pinned_by: text(),
    },
    at => [
      unique('messages_room_seq').on(at.room_id, at.seq),
      unique('messages_sender_client').on(at.sender_id, at.client_id),
      index('messages_hash').on(at.hash),
      // Partial: posting pays nothing for it.
      index('messages_pinned').on(at.room_id, at.pinned_at).where(sql`${at.pinned_at} is not null`),
    ],
  )

  /** For whom a message is meant by name: who is mentioned in it, and whose message it replies to. What the inbox reads. */
  const mentions = table(
    'mentions',
    {
      user_id: text()
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      message_id: text()
        .notNull()
        .references(() => messages.id, { onDelete: 'cascade' }),
      reason: choice('mention', 'reply').notNull(),
      /** Of the message, so that what is unread is counted here. */
      room_id: text().notNull(),
      seq: integer().notNull(),
    },
    at => [
      // By person and time: ids count up.
      primaryKey({ columns: [at.user_id, at.message_id] }),
      index('mentions_message').on(at.message_id),
      index('mentions_room').on(at.user_id, at.room_id, at.seq),
    ],
  )

  /** What a message said before it was edited, for its author and admins. */
  const message_edits = table(
    'message_edits',
    {
      id: text().primaryKey(),
      message_id: text()
        .notNull()
        .references(() => messages.id, { onDelete: 'cascade' }),
      content: text().notNull(),
      /** When it stopped being the text of the message. */
      replaced_at: instant().notNull(),
    },
    at => [index('message_edits_message').on(at.message_id)],
  )

  const reactions = table(
    'reactions',
    {
      message_id: text()
        .notNull()
        .references(() => messages.id, { onDelete: 'cascade' }),
      user_id: text()
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      emoji: text().notNull(),
      created_at: instant().notNull(),
    },
    at => [primaryKey({ columns: [at.message_id, at.user_id, at.emoji] })],
  )

  const invites = table(
    'invites',
    {
      id: text().primaryKey(),
      room_id: text()
        .notNull()
        .references(() => rooms.id, { onDelete: 'cascade' }),
      /** SHA-256 of the token; the token itself is shown once and never kept. */
      token_hash: text().notNull().unique(),
      created_by: text()
        .notNull()
        .references(() => users.id),
      email: text(),
      nostr_pubkey: text(),
      max_uses: integer().notNull().default(1),
      uses: integer().notNull().default(0),
      created_at: instant().notNull(),
      expires_at: instant().notNull(),
      revoked_at: instant(),
    },
    at => [index('invites_room').on(at.room_id)],
  )

  /** One row a run of an agent. The row is also the claim: of several processes one gets to insert it. */
  const agent_sessions = table(
    'agent_sessions',
    {
      id: text().primaryKey(),
      agent_id: text()
        .notNull()
        .references(() => users.id),
      room_id: text()
        .notNull()
        .references(() => rooms.id, { onDelete: 'cascade' }),
      trigger_message_id: text().notNull(),
      /** Which answer to that message: asking again makes another. */
      version: integer().notNull().default(1),
      trigger_seq: integer().notNull(),
      requested_by: text().notNull(),
      /** The agent's own message, once it has begun to speak. */
      message_id: text(),
      /** Of the process that runs it: a `running` row of an earlier boot was cut short by a crash. */
      boot_id: text().notNull(),
      status: choice('running', 'complete', 'stopped', 'interrupted', 'error').notNull(),
      /** Why it spoke, in the words of the rule. */
      rule: text().notNull(),
      model_id: text().notNull(),
      model: text(),
      provider: text(),
      prompt_tokens: integer(),
      completion_tokens: integer(),
      total_tokens: integer(),
      cost_usd: real(),
      first_token_ms: integer(),
      response_ms: integer(),
      finish_reason: text(),
      error: text(),
      started_at: instant().notNull(),
      finished_at: instant(),
    },
    at => [
      unique('agent_sessions_claim').on(at.agent_id, at.trigger_message_id, at.version),
      index('agent_sessions_room').on(at.room_id, at.started_at),
      index('agent_sessions_status').on(at.status),
    ],
  )

  /** Every answer to the same question, the chosen one included; the message itself holds the chosen one. */
  const message_versions = table(
    'message_versions',
    {
      message_id: text()
        .notNull()
        .references(() => messages.id, { onDelete: 'cascade' }),
      version: integer().notNull(),
      content: text().notNull(),
      status: choice('complete', 'streaming', 'stopped', 'interrupted', 'error').notNull(),
      ai: json<AiRun>().notNull(),
      created_at: instant().notNull(),
    },
    at => [primaryKey({ columns: [at.message_id, at.version] })],
  )

  const uploads = table(
    'uploads',
    {
      id: text().primaryKey(),
      user_id: text()
        .notNull()
        .references(() => users.id),
      room_id: text().references(() => rooms.id, { onDelete: 'cascade' }),
      message_id: text().references(() => messages.id, { onDelete: 'cascade' }),
      /** Of an agent's message: the answer that this picture belongs to. */
      version: integer(),
      path: text().notNull().unique(),
      name: text().notNull(),
      mime: text().notNull(),
      bytes: integer().notNull(),
      width: integer(),
      height: integer(),
      created_at: instant().notNull(),
    },
    at => [
      index('uploads_message').on(at.message_id),
      index('uploads_room').on(at.room_id),
      index('uploads_user').on(at.user_id),
    ],
  )

  /**
   * The log. `room_id`: goes to the members of the room. `user_id`: goes to this person alone.
   * `subject_id`: whom it is about, who hears of it even when no longer a member; or which message it is about.
   */
  const events = table(
    'events',
    {
      id: sequence(),
      type: text().$type<LastingType>().notNull(),
      room_id: text(),
      user_id: text(),
      subject_id: text(),
      data: json<LastingData[LastingType]>().notNull(),
      created_at: instant().notNull(),
    },
    at => [index('events_room').on(at.room_id, at.id), index('events_subject').on(at.subject_id, at.id)],
  )

  /** What the database knows of itself: the epoch of its event ids. */
  const meta = table('meta', { key: text().primaryKey(), value: text().notNull() })

  return {
    users,
    sessions,
    nostr_challenges,
    password_resets,
    rooms,
    room_members,
    messages,
    mentions,
    message_edits,
    reactions,
    invites,
    agent_sessions,
    message_versions,
    uploads,
    events,
    meta,
  }
}
