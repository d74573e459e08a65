import { z } from 'zod'

/** What a tab says of itself: `away` once it has been out of sight for some seconds, `gone` when it closes. */
export const TabPresence = z.object({
  /** A name of its own, chosen by the tab. */
  tab: z.string('must be text').min(8, 'must be at least 8 characters').max(64, 'must be at most 64 characters'),
  state: z.enum(['online', 'away', 'gone'], 'must be online, away or gone'),
})
export type TabPresence = z.infer<typeof TabPresence>
