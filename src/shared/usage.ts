import { z } from 'zod'
import { User } from './users.ts'

/** What answers came to: their number, their tokens, and their cost as far as it is known. */
export const UsageSum = z.object({
  answers: z.int(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  cost_usd: z.number(),
})
export type UsageSum = z.infer<typeof UsageSum>

/** A room's use of its assistants. Days are UTC, oldest first, the last thirty; models and people by cost, dearest first. */
export const RoomUsage = z.object({
  total: UsageSum,
  by_day: z.array(UsageSum.extend({ day: z.iso.date() })),
  by_model: z.array(UsageSum.extend({ model: z.string() })),
  by_person: z.array(UsageSum.extend({ user: User })),
})
export type RoomUsage = z.infer<typeof RoomUsage>
