import type { InviteCard } from '../../shared/invites.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' })

/** How long an invitation is still good, in the words one would use. */
export function untilWords(expires_at: string, now: number): string {
  const left = Date.parse(expires_at) - now
  if (left <= 0) return 'expired'
  if (left < HOUR_MS) return 'good for less than an hour'
  if (left < 2 * DAY_MS) return `good for ${plural(Math.round(left / HOUR_MS), 'hour')}`
  return `good for ${plural(Math.round(left / DAY_MS), 'day')}, until ${date.format(new Date(expires_at))}`
}

/** Whom it was made for, as far as its holder may know. */
export function forWords({ for: whom }: Pick<InviteCard, 'for'>): string | null {
  if (!whom) return null
  return isKey(whom) ? `Only for the holder of the Nostr key ${shortKey(whom)}.` : `Sent to ${whom}.`
}

export const isKey = (whom: string | null) => whom?.startsWith('npub1') ?? false

/** `npub1abcd…wxyz`. */
export const shortKey = (npub: string) => `${npub.slice(0, 9)}…${npub.slice(-4)}`

export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
