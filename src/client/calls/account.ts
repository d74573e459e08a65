import type { SignUp, Welcome } from '../../shared/invites.ts'
import type { NostrChallenge, NostrEvent } from '../../shared/nostr.ts'
import type { Credentials, PasswordChange, ProfileChange, Session, User } from '../../shared/users.ts'
import type { Caller } from '../api.ts'

type Newcomer = { display_name?: string | undefined; invite?: string | undefined }

export const accountCalls = ({ call }: Caller) => ({
  register: (who: SignUp) => call<Welcome>('POST', '/api/auth/register', who),
  login: (who: Credentials) => call<Welcome>('POST', '/api/auth/login', who),
  reset: (token: string, password: string) => call<void>('POST', '/api/auth/reset', { token, password }),

  changeProfile: (change: ProfileChange) => call<{ user: User }>('PATCH', '/api/auth/profile', change),
  changePassword: (change: PasswordChange) => call<void>('POST', '/api/auth/password', change),
  setAvatar: (picture: Blob) => call<{ user: User }>('POST', '/api/auth/avatar', pictureForm(picture)),
  removeAvatar: () => call<{ user: User }>('DELETE', '/api/auth/avatar'),

  sessions: () => call<{ sessions: Session[] }>('GET', '/api/auth/sessions'),
  endSession: (id: string) => call<void>('DELETE', `/api/auth/sessions/${encodeURIComponent(id)}`),

  challenge: () => call<NostrChallenge>('POST', '/api/auth/nostr/challenge'),
  verify: (event: NostrEvent, who: Newcomer) => call<Welcome>('POST', '/api/auth/nostr/verify', { event, ...who }),
  linkKey: (event: NostrEvent, password: string) =>
    call<{ user: User }>('POST', '/api/auth/nostr/link', { event, password }),
  unlinkKey: () => call<void>('DELETE', '/api/auth/nostr/link'),
})

function pictureForm(picture: Blob): FormData {
  const form = new FormData()
  form.set('file', picture, 'avatar')
  return form
}
