import { z } from 'zod'
import { DISPLAY_NAME_MAX, EMAIL_MAX, HANDLE_MAX, HANDLE_MIN, PASSWORD_MAX, PASSWORD_MIN } from './limits.ts'
import { Id, Instant, line } from './text.ts'

export const User = z.object({
  id: Id,
  kind: z.enum(['human', 'agent']),
  display_name: z.string(),
  /** Unique, lower case: what follows the `@` in a mention. */
  handle: z.string(),
  role: z.enum(['admin', 'member', 'agent']),
  avatar_url: z.string().nullable(),
  /** Shown to the person and to admins only. */
  email: z.string().optional(),
  nostr_pubkey: z.string().nullable().optional(),
  created_at: Instant,
})
export type User = z.infer<typeof User>

const email = z
  .string('The email address must be text')
  .trim()
  .toLowerCase()
  .max(EMAIL_MAX, `The email address must be at most ${EMAIL_MAX} characters`)
  .pipe(z.email('This is not an email address'))

const newPassword = z
  .string('The password must be text')
  .min(PASSWORD_MIN, `The password must be at least ${PASSWORD_MIN} characters`)
  .max(PASSWORD_MAX, `The password must be at most ${PASSWORD_MAX} characters`)

export const Registration = z.object({
  email,
  password: newPassword,
  display_name: line(DISPLAY_NAME_MAX, 'The name'),
})
export type Registration = z.infer<typeof Registration>

/** Looser than a registration, so that a wrong password and an impossible one answer alike. */
export const Credentials = z.object({
  email: z
    .string('The email address must be text')
    .trim()
    .toLowerCase()
    .max(EMAIL_MAX, 'The email address is too long'),
  password: z
    .string('The password must be text')
    .min(1, 'The password must not be empty')
    .max(PASSWORD_MAX, `The password must be at most ${PASSWORD_MAX} characters`),
})
export type Credentials = z.infer<typeof Credentials>

/** What a mention can spell: see `mentionedHandles`. */
const handle = z
  .string('The handle must be text')
  .trim()
  .normalize('NFKC')
  .toLowerCase()
  .min(HANDLE_MIN, `The handle must be at least ${HANDLE_MIN} characters`)
  .max(HANDLE_MAX, `The handle must be at most ${HANDLE_MAX} characters`)
  .regex(/^[\p{L}\p{N}_.-]*$/u, 'The handle may contain letters, digits and - _ . only')
  .regex(/^[\p{L}\p{N}].*[\p{L}\p{N}_]$/u, 'The handle must begin and end with a letter or a digit')

export const ProfileChange = z.object({
  display_name: line(DISPLAY_NAME_MAX, 'The name').optional(),
  handle: handle.optional(),
})
export type ProfileChange = z.infer<typeof ProfileChange>

/** The answer to sign-up and sign-in; browsers use the cookie that comes along, bots the token. */
export const SignedIn = z.object({ user: User, token: z.string() })
export type SignedIn = z.infer<typeof SignedIn>

/** `current_password` is asked of every account that has one. */
export const PasswordChange = z.object({
  current_password: z
    .string('The password must be text')
    .max(PASSWORD_MAX, `The password must be at most ${PASSWORD_MAX} characters`)
    .optional(),
  new_password: newPassword,
})
export type PasswordChange = z.infer<typeof PasswordChange>

/** A browser or bot that is signed in. */
export const Session = z.object({
  id: Id,
  user_agent: z.string().nullable(),
  created_at: Instant,
  /** To within some minutes. */
  last_seen_at: Instant,
  expires_at: Instant,
  /** The one that asks. */
  current: z.boolean(),
})
export type Session = z.infer<typeof Session>
