import type { Invite, InviteCard, InviteMade, NewInvite } from '../../shared/invites.ts'
import type { Room } from '../../shared/rooms.ts'
import type { Caller } from '../api.ts'

export const inviteCalls = ({ call }: Caller) => ({
  card: (token: string) => call<{ invite: InviteCard }>('GET', `/api/invites/${encodeURIComponent(token)}`),
  accept: (token: string) => call<{ room: Room }>('POST', `/api/invites/${encodeURIComponent(token)}/accept`),
  invite: (wanted: Partial<NewInvite> & { room_id: string }) => call<InviteMade>('POST', '/api/invites', wanted),
  inviteKey: (room_id: string, npub: string) => call<InviteMade>('POST', '/api/invites/nostr', { room_id, npub }),
  open: (room_id: string) => call<{ invites: Invite[] }>('GET', `/api/rooms/${encodeURIComponent(room_id)}/invites`),
  revoke: (id: string) => call<void>('DELETE', `/api/invites/${encodeURIComponent(id)}`),
})
