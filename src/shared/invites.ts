import { z } from 'zod'
import { Room } from './rooms.ts'
import { Id, Instant } from './text.ts'
import { Registration, SignedIn, User } from './users.ts'

export const INVITE_DAYS = 7
export const INVITE_DAYS_MAX = 30
export const INVITE_USES_MAX = 1_000

export const Invite = z.object({
  id: Id,
  room_id: Id,
  inviter: User,
  /** Whom it was mailed to; shown to the inviter and to the owner of the room only. */
  email: z.string().nullable().optional(),
  /** The only key that may accept it; null: whoever holds the link may. */
  npub: z.string().nullable(),
  max_uses: z.int(),
  uses: z.int(),
  created_at: Instant,
  expires_at: Instant,
  revoked_at: Instant.nullable(),
})
export type Invite = z.infer<typeof Invite>

export const NewInvite = z.object({
  room_id: Id,
  email: Registration.shape.email.optional(),
  expires_in_days: z
    .int('must be a whole number of days')
    .min(1, 'must be at least 1 day')
    .max(INVITE_DAYS_MAX, `must be at most ${INVITE_DAYS_MAX} days`)
    .default(INVITE_DAYS),
  max_uses: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(INVITE_USES_MAX, `must be at most ${INVITE_USES_MAX}`)
    .default(1),
})
export type NewInvite = z.infer<typeof NewInvite>

/** For the holder of one key: `npub1…` or its 64 hex digits. */
export const NewNostrInvite = z.object({ room_id: Id, npub: z.string('The key must be text').trim().max(200) })
export type NewNostrInvite = z.infer<typeof NewNostrInvite>

/** Whether the invite was mailed, and if not, why, in a sentence. The link works all the same. */
export const MailResult = z.object({ sent: z.boolean(), reason: z.string().nullable() })
export type MailResult = z.infer<typeof MailResult>

/** The one time that the link is shown. `mail` is null where no mail was asked for. */
export const InviteMade = z.object({ invite: Invite, url: z.url(), mail: MailResult.nullable() })
export type InviteMade = z.infer<typeof InviteMade>

/** What the holder of a link may know before signing in. */
export const InviteCard = z.object({
  room_name: z.string(),
  inviter_name: z.string(),
  expires_at: Instant,
  /** Null for everybody, else a masked email address or the npub that it is for. */
  for: z.string().nullable(),
})
export type InviteCard = z.infer<typeof InviteCard>

export const InviteToken = z.string('The invite must be text').max(200)

export const SignUp = Registration.extend({ invite: InviteToken.optional() })
export type SignUp = z.infer<typeof SignUp>

/** The answer to whoever comes with an invite: signed in, and in the room that it opens. */
export const Welcome = SignedIn.extend({ room: Room.optional() })
export type Welcome = z.infer<typeof Welcome>
