import { z } from 'zod'
import { ROOM_NAME_MAX, ROOM_TOPIC_MAX, SYSTEM_PROMPT_MAX } from './limits.ts'
import { Id, Instant, line, paragraph } from './text.ts'
import { User } from './users.ts'

export const AiMode = z.enum(['mention', 'always', 'off'])
export type AiMode = z.infer<typeof AiMode>

export const Visibility = z.enum(['private', 'public'])
export type Visibility = z.infer<typeof Visibility>

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
})
export type Room = z.infer<typeof Room>

/** A room as it stands in the viewer's own list. */
export const MyRoom = Room.extend({ unread_count: z.int(), mention_count: z.int(), last_read_seq: z.int() })
export type MyRoom = z.infer<typeof MyRoom>

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
export const RoomDetails = z.object({ room: MyRoom, members: z.array(Member), agents: z.array(User) })
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
