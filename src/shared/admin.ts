import { z } from 'zod'
import { Room } from './rooms.ts'
import { Instant } from './text.ts'
import { UsageSum } from './usage.ts'
import { User } from './users.ts'

/** A person as an admin sees them. */
export const Person = User.extend({
  disabled_at: Instant.nullable(),
  last_seen_at: Instant.nullable(),
  room_count: z.int(),
})
export type Person = z.infer<typeof Person>

export const PersonChange = z
  .object({
    role: z.enum(['admin', 'member'], 'must be admin or member'),
    disabled: z.boolean('must be true or false'),
  })
  .partial()
export type PersonChange = z.infer<typeof PersonChange>

export const AdminRoom = Room.extend({ owner: User.nullable(), message_count: z.int() })
export type AdminRoom = z.infer<typeof AdminRoom>

export const ServerStatus = z.object({
  version: z.string(),
  provider: z.string(),
  hint: z.string().nullable(),
  model_count: z.int(),
  default_model_id: z.string(),
  models_fetched_at: Instant.nullable(),
  search_provider: z.string().nullable(),
  mail: z.boolean(),
  registration: z.enum(['open', 'invite']),
  streams: z.int(),
  /** Of the last thirty days, in all rooms. */
  usage: z.object({
    total: UsageSum,
    by_person: z.array(UsageSum.extend({ user: User })),
    by_model: z.array(UsageSum.extend({ model: z.string() })),
  }),
})
export type ServerStatus = z.infer<typeof ServerStatus>
