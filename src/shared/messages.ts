import { z } from 'zod'
import { ATTACHMENTS_MAX, CLIENT_ID_MAX, MESSAGE_MAX, PAGE_DEFAULT, PAGE_MAX } from './limits.ts'
import { Room } from './rooms.ts'
import { Id, Instant, line, paragraph } from './text.ts'

export const MessageStatus = z.enum(['complete', 'streaming', 'stopped', 'interrupted', 'error'])
export type MessageStatus = z.infer<typeof MessageStatus>

export const Upload = z.object({
  id: Id,
  url: z.string(),
  mime: z.string(),
  bytes: z.int(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  name: z.string(),
})
export type Upload = z.infer<typeof Upload>

export const ToolRun = z.object({
  id: z.string(),
  name: z.string(),
  arguments: z.unknown(),
  status: z.enum(['running', 'done', 'error']),
  duration_ms: z.int().nullable(),
  result: z.string().nullable(),
  error: z.string().nullable(),
})
export type ToolRun = z.infer<typeof ToolRun>

/** How an agent's message came to be. Everything is null until it is known, and `cost_usd` stays so where the provider names no price. */
export const AiRun = z.object({
  run_id: Id,
  trigger_message_id: Id,
  /** Earlier questions that waited together with that one, and are answered with it; absent where there were none. */
  covers: z.array(Id).optional(),
  requested_by: Id,
  /** The model that was asked for … */
  model_id: z.string(),
  /** … and the one that answered. */
  model: z.string().nullable(),
  provider: z.string().nullable(),
  prompt_tokens: z.int().nullable(),
  completion_tokens: z.int().nullable(),
  total_tokens: z.int().nullable(),
  cost_usd: z.number().nullable(),
  response_ms: z.int().nullable(),
  first_token_ms: z.int().nullable(),
  tokens_per_second: z.number().nullable(),
  finish_reason: z.string().nullable(),
  /** One sentence for a person, with the provider's own reason. */
  error: z.string().nullable(),
  /** A stable word for `error`, such as `model_not_found` or `rate_limited`. */
  error_code: z.string().nullable(),
  stopped_by: Id.nullable(),
  /** What the model thought aloud before it answered, where it says so. */
  reasoning: z.string().nullable(),
  tools: z.array(ToolRun),
  /** Which of the answers to the same question this is: 1, 2, 3 … of `version_count`. The others are kept. */
  version: z.int(),
  version_count: z.int(),
  /** A question was edited or deleted after this answer to it was begun. Found out whenever the answer is shown. */
  stale: z.boolean().optional(),
})
export type AiRun = z.infer<typeof AiRun>

export const Message = z.object({
  id: Id,
  room_id: Id,
  seq: z.int().positive(),
  hash: z.string(),
  client_id: z.string().nullable(),
  sender_id: Id,
  sender_name: z.string(),
  sender_kind: z.enum(['human', 'agent']),
  timestamp: Instant,
  content: z.string(),
  mentions: z.array(Id),
  reply_to: Id.nullable(),
  /** Who wrote that one. Absent only in events from before this was told. */
  reply_to_sender_id: Id.nullable().optional(),
  attachments: z.array(Upload),
  reactions: z.array(z.object({ emoji: z.string(), user_ids: z.array(Id) })),
  edited_at: Instant.nullable(),
  deleted_at: Instant.nullable(),
  /** Absent only in events from before messages could be pinned, as is who did it. */
  pinned_at: Instant.nullable().optional(),
  pinned_by: Id.nullable().optional(),
  status: MessageStatus,
  ai: AiRun.nullable(),
})
export type Message = z.infer<typeof Message>

export const NewMessage = z
  .object({
    content: paragraph(MESSAGE_MAX, 'The message'),
    client_id: line(CLIENT_ID_MAX, 'The client_id'),
    reply_to: Id.nullish(),
    /** Own uploads to this room that belong to no message yet, in the order in which they shall appear. */
    attachment_ids: z
      .array(Id)
      .max(ATTACHMENTS_MAX, `A message takes at most ${ATTACHMENTS_MAX} pictures`)
      .refine(ids => new Set(ids).size === ids.length, 'A message takes a picture once')
      .optional(),
  })
  .refine(({ content, attachment_ids = [] }) => content.trim() !== '' || attachment_ids.length > 0, {
    path: ['content'],
    message: 'The message must not be empty',
  })
export type NewMessage = z.infer<typeof NewMessage>

/** The same limits as for a new message; one with pictures needs no words here either. */
export const MessageEdit = z.object({ content: paragraph(MESSAGE_MAX, 'The message') })
export type MessageEdit = z.infer<typeof MessageEdit>

/** What a message said before an edit. */
export const EarlierText = z.object({ content: z.string(), replaced_at: Instant })
export type EarlierText = z.infer<typeof EarlierText>

export const MessagePageQuery = z.object({
  before: Id.optional(),
  after: Id.optional(),
  around: Id.optional(),
  /** Around the first message that the viewer has not read; the newest ones where there is none. */
  at: z.literal('unread', 'must be "unread"').optional(),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(PAGE_MAX, `must be at most ${PAGE_MAX}`)
    .default(PAGE_DEFAULT),
})
export type MessagePageQuery = z.infer<typeof MessagePageQuery>

export const MessagePage = z.object({
  /** Oldest first. */
  messages: z.array(Message),
  /** What messages of the page reply to, as far as it is not in the page itself. */
  quoted: z.array(Message),
  has_more_before: z.boolean(),
  has_more_after: z.boolean(),
  /** The stream position that this page already contains: resume from here and nothing is missed. */
  cursor: z.string(),
})
export type MessagePage = z.infer<typeof MessagePage>

export const MessageInRoom = z.object({ message: Message, room: Room })
export type MessageInRoom = z.infer<typeof MessageInRoom>

/** Null: nothing of it is read. */
export const ReadMark = z.object({ message_id: Id.nullable() })
export type ReadMark = z.infer<typeof ReadMark>

/** Asks again: with the room's model of now, or with another one. */
export const Regeneration = z.object({ model_id: line(200, 'The model').optional() })
export type Regeneration = z.infer<typeof Regeneration>

/** One of the answers to the same question, whether it is the chosen one or not. */
export const MessageVersion = z.object({
  version: z.int(),
  content: z.string(),
  status: MessageStatus,
  ai: AiRun,
  attachments: z.array(Upload),
})
export type MessageVersion = z.infer<typeof MessageVersion>

export const VersionChoice = z.object({ version: z.int('must be a whole number').min(1, 'must be at least 1') })
export type VersionChoice = z.infer<typeof VersionChoice>
