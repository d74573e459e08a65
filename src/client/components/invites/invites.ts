import type { Invite } from '../../../shared/invites.ts'
import { plural, shortKey, untilWords } from '../../pages/invite-words.ts'
import type { Rights } from '../../stores/rights.ts'

export type InviteKind = 'link' | 'email' | 'nostr'

export const KINDS: readonly { value: InviteKind; label: string; note: string; submit: string }[] = [
  {
    value: 'link',
    label: 'Link',
    note: 'Whoever has the link can join, until it is used up or too old.',
    submit: 'Create link',
  },
  {
    value: 'email',
    label: 'Email',
    note: 'One person gets the link by mail, and can join with it once.',
    submit: 'Send invitation',
  },
  {
    value: 'nostr',
    label: 'Nostr key',
    note: 'Only the holder of this key can join by the link.',
    submit: 'Create link',
  },
]

export const DAYS = [1, 7, 30]
export const USES = [1, 5, 25, 100, 1000]

type Wanted = { email?: string; expires_in_days?: number; max_uses?: number }

/** What the form asks for, by mail or by link. */
export function wantedOf(kind: InviteKind, fields: Record<string, string>): Wanted {
  const expires_in_days = Number(fields.days)
  if (kind === 'email') return { email: fields.email ?? '', expires_in_days }
  return { expires_in_days, max_uses: Number(fields.uses) }
}

export function forWhom({ email, npub }: Pick<Invite, 'email' | 'npub'>): string {
  if (npub) return shortKey(npub)
  return email ?? 'Whoever has the link'
}

/** `by Grace · 1 of 5 used · good for 6 days`. */
export function standingOf(invite: Invite, me: string, now: number): string {
  const by = invite.inviter.id === me ? 'by you' : `by ${invite.inviter.display_name}`
  const used = invite.max_uses === 1 ? 'good once' : `${invite.uses} of ${plural(invite.max_uses, 'use')}`
  return [by, used, untilWords(invite.expires_at, now).replace(/,.*/, '')].join(' · ')
}

export function mayRevoke(invite: Pick<Invite, 'inviter'>, { me, moderates }: Rights): boolean {
  return moderates || invite.inviter.id === me
}
