import { z } from 'zod'
import { ROOM_NAME_MAX, ROOM_TOPIC_MAX, SYSTEM_PROMPT_MAX } from './limits.ts'
import { Id, Instant, line, paragraph } from './text.ts'
import { User } from './users.ts'

export const AiMode = z.enum(['mention', 'always', 'off'])
export type AiMode = z.infer<typeof AiMode>

export const Visibility = z.enum(['private', 'public'])
export type Visibility = z.infer<typeof Visibility>

/** Which messages somebody is called for: all of them, those meant for them, or none. */
export const NotifyLevel = z.enum(['everything', 'mentions', 'nothing'])
export type NotifyLevel = z.infer<typeof NotifyLevel>

export const Presence = z.enum(['online', 'away', 'offline'])
export type Presence = z.infer<typeof Presence>

export const Room = z.object({
  id: Id,
  name: z.string(),
  /** Absent only in events from before rooms had one. */
  description: z.string().optional(),
  model_id: z.string(),
  ai_mode: AiMode,
  system_prompt: z.string(),
  visibility: Visibility,
  created_by: Id,
  created_at: Instant,
  deleted_at: Instant.nullable(),
  /** Of the newest message, 0 in an empty room. */
  last_seq: z.int(),
  last_message_at: Instant.nullable(),
  member_count: z.int(),
  /** The two of a direct room, who see each other's name on it; null in every other. Absent in events from before there were any. */
  direct: z.array(User).nullable().optional(),
})
export type Room = z.infer<typeof Room>

/** A room as it stands in the viewer's own list. */
export const MyRoom = Room.extend({
  unread_count: z.int(),
  /** Of the unread ones, those that mention the viewer or reply to them. */
  mention_count: z.int(),
  last_read_seq: z.int(),
  notify: NotifyLevel,
  is_favourite: z.boolean(),
  /** Its place in the viewer's list, null for those that go by name after the others. */
  position: z.int().nullable(),
  /** A direct room that was put away; it comes back with the next message. */
  is_closed: z.boolean(),
})
export type MyRoom = z.infer<typeof MyRoom>

/** The viewer's rooms, and how it stands with the others of the direct ones; who is not named is offline. */
export const RoomList = z.object({ rooms: z.array(MyRoom), presence: z.record(Id, Presence) })
export type RoomList = z.infer<typeof RoomList>

/** How the viewer wants a room; only direct rooms can be closed. */
export const RoomPreferences = z
  .object({
    notify: NotifyLevel,
    is_favourite: z.boolean('must be true or false'),
    is_closed: z.boolean('must be true or false'),
  })
  .partial()
export type RoomPreferences = z.infer<typeof RoomPreferences>

/** The viewer's rooms in the order in which they want them; rooms that are not named go by name after these. */
export const RoomOrder = z.object({ room_ids: z.array(Id).max(1_000, 'At most 1000 rooms can be put in order') })
export type RoomOrder = z.infer<typeof RoomOrder>

export const NewDirectRoom = z.object({ user_id: Id })
export type NewDirectRoom = z.infer<typeof NewDirectRoom>

export const Member = z.object({
  user: User,
  role: z.enum(['owner', 'member']),
  is_muted: z.boolean(),
  joined_at: Instant,
  last_read_seq: z.int(),
})
export type Member = z.infer<typeof Member>

export const MemberChange = z
  .object({
    is_muted: z.boolean('must be true or false'),
    role: z.enum(['owner', 'member'], 'must be owner or member'),
  })
  .partial()
export type MemberChange = z.infer<typeof MemberChange>

const settings = {
  name: line(ROOM_NAME_MAX, 'The room name'),
  description: paragraph(ROOM_TOPIC_MAX, 'The description').trim(),
  model_id: line(200, 'The model'),
  ai_mode: AiMode,
  system_prompt: paragraph(SYSTEM_PROMPT_MAX, 'The instructions'),
  visibility: Visibility,
}

export const NewRoom = z.object({
  name: settings.name,
  description: settings.description.optional(),
  model_id: settings.model_id,
  ai_mode: settings.ai_mode.default('mention'),
  system_prompt: settings.system_prompt.default(''),
  visibility: settings.visibility.default('private'),
})
export type NewRoom = z.infer<typeof NewRoom>

export const RoomChange = z.object(settings).partial()
export type RoomChange = z.infer<typeof RoomChange>

/** How many messages went. */
export const Cleared = z.object({ cleared: z.int() })
export type Cleared = z.infer<typeof Cleared>

/** One room from the inside. `agents` are not members: they are at hand in every room. */
export const RoomDetails = z.object({
  room: MyRoom,
  members: z.array(Member),
  agents: z.array(User),
  /** By member; who is not named is offline. */
  presence: z.record(Id, Presence),
  /** How many messages stand in it, with the traces of deleted ones. */
  message_count: z.int(),
  /** How many messages are pinned. */
  pin_count: z.int(),
})
export type RoomDetails = z.infer<typeof RoomDetails>

/** A model as the provider lists it; prices are USD per token as decimal strings, null where unknown. */
export const Model = z.object({
  id: z.string(),
  name: z.string(),
  context_length: z.int().nullable(),
  input_modalities: z.array(z.string()),
  supports_tools: z.boolean(),
  prompt_price: z.string().nullable(),
  completion_price: z.string().nullable(),
})
export type Model = z.infer<typeof Model>

export const ModelList = z.object({
  models: z.array(Model),
  default_model_id: z.string(),
  /** `openrouter`, `ollama`, `offline` or the host of an OpenAI-compatible server. */
  provider: z.string(),
  fetched_at: Instant.nullable(),
  /** What somebody who runs this server should know of its provider, in a sentence; null where there is nothing. */
  hint: z.string().nullable(),
})
export type ModelList = z.infer<typeof ModelList>
