import type { Invite, InviteCard } from '../../shared/invites.ts'
import { npubOf } from '../accounts/nostr/keys.ts'
import { presentUser } from '../accounts/present.ts'
import type { Found, InviteRow } from './open.ts'

/** `mayKnowWhom`: the email address is for the inviter and the owner of the room. */
export function presentInvite({ invite, inviter }: Pick<Found, 'invite' | 'inviter'>, mayKnowWhom: boolean): Invite {
  return {
    id: invite.id,
    room_id: invite.room_id,
    inviter: presentUser(inviter),
    ...(mayKnowWhom && { email: invite.email }),
    npub: invite.nostr_pubkey && npubOf(invite.nostr_pubkey),
    max_uses: invite.max_uses,
    uses: invite.uses,
    created_at: new Date(invite.created_at).toISOString(),
    expires_at: new Date(invite.expires_at).toISOString(),
    revoked_at: invite.revoked_at === null ? null : new Date(invite.revoked_at).toISOString(),
  }
}

export function presentCard({ invite, room, inviter }: Found): InviteCard {
  return {
    room_name: room.name,
    inviter_name: inviter.display_name,
    expires_at: new Date(invite.expires_at).toISOString(),
    for: whom(invite),
  }
}

function whom({ nostr_pubkey, email }: InviteRow): string | null {
  if (nostr_pubkey) return npubOf(nostr_pubkey)
  return email && masked(email)
}

/** Enough for the right person to know it is theirs: `g•••@example.org`. */
function masked(email: string): string {
  return `${email.slice(0, 1)}•••${email.slice(email.lastIndexOf('@'))}`
}
