import { z } from 'zod'
import { InviteToken } from './invites.ts'
import { DISPLAY_NAME_MAX, PASSWORD_MAX } from './limits.ts'
import { Instant, line } from './text.ts'

/** NIP-98, HTTP auth: the one kind of event that signs somebody in. */
export const HTTP_AUTH = 27235

const hex = (digits: number, what: string) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `${what} must be ${digits} lower-case hex digits`)

/** How many there are is looked at before what they are, so that a megabyte of tags costs nothing. */
const few = <T extends z.ZodType>(item: T, max: number) =>
  z.array(z.unknown(), 'must be a list').max(max, `must have at most ${max} entries`).pipe(z.array(item))

/** A signed Nostr event (NIP-01), by its shape alone. */
export const NostrEvent = z.object({
  id: hex(64, 'The id'),
  pubkey: hex(64, 'The public key'),
  created_at: z.int(),
  kind: z.int(),
  tags: few(few(z.string().max(1_000), 8), 16),
  content: z.string().max(1_000),
  sig: hex(128, 'The signature'),
})
export type NostrEvent = z.infer<typeof NostrEvent>

/** What is to be signed: an event of this `kind` with the tags `u` (the url), `method` (POST) and `challenge`. */
export const NostrChallenge = z.object({
  challenge: z.string(),
  url: z.url(),
  kind: z.literal(HTTP_AUTH),
  expires_at: Instant,
})
export type NostrChallenge = z.infer<typeof NostrChallenge>

export const NostrProof = z.object({
  event: NostrEvent,
  /** Of a new account; without it the beginning and the end of the npub. */
  display_name: line(DISPLAY_NAME_MAX, 'The name').optional(),
  invite: InviteToken.optional(),
})
export type NostrProof = z.infer<typeof NostrProof>

/** Adds a key to a password account, which takes its password. */
export const NostrLink = z.object({
  event: NostrEvent,
  password: z
    .string('The password must be text')
    .max(PASSWORD_MAX, `The password must be at most ${PASSWORD_MAX} characters`),
})
export type NostrLink = z.infer<typeof NostrLink>
