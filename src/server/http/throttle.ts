import { Elysia } from 'elysia'
import type { createAddresses } from './address.ts'
import type { Limits, RateName } from './limits.ts'

/** By the address of the client, by the person who is signed in, or by the account that is named. */
type Rule = { rate: RateName; by: 'address' | 'person' | 'account' }

const RULES: Record<string, Rule[]> = {
  'POST /api/auth/login': [
    { rate: 'login_address', by: 'address' },
    { rate: 'login_account', by: 'account' },
  ],
  'POST /api/auth/register': [{ rate: 'register', by: 'address' }],
  'POST /api/auth/reset': [{ rate: 'login_address', by: 'address' }],
  'POST /api/auth/password': [{ rate: 'password', by: 'person' }],
  'POST /api/auth/nostr/challenge': [{ rate: 'challenge', by: 'address' }],
  'POST /api/auth/nostr/verify': [{ rate: 'login_address', by: 'address' }],
  'POST /api/auth/nostr/link': [{ rate: 'password', by: 'person' }],
  'POST /api/auth/avatar': [{ rate: 'upload', by: 'person' }],
  'POST /api/upload': [{ rate: 'upload', by: 'person' }],
  'POST /api/invites': [{ rate: 'invite', by: 'person' }],
  'POST /api/invites/nostr': [{ rate: 'invite', by: 'person' }],
  'GET /api/invites/:token': [{ rate: 'invite_look', by: 'address' }],
  'POST /api/invites/:token/accept': [{ rate: 'invite_look', by: 'person' }],
  'GET /api/search': [{ rate: 'search', by: 'person' }],
  'POST /api/rooms': [{ rate: 'invite', by: 'person' }],
  'POST /api/rooms/:room_id/messages': [{ rate: 'post', by: 'person' }],
  'POST /api/rooms/:room_id/typing': [{ rate: 'typing', by: 'person' }],
  'PUT /api/presence': [{ rate: 'presence', by: 'person' }],
  'PATCH /api/messages/:message_id': [{ rate: 'change', by: 'person' }],
  'DELETE /api/messages/:message_id': [{ rate: 'change', by: 'person' }],
  'PUT /api/messages/:message_id/reactions/:emoji': [{ rate: 'change', by: 'person' }],
  'DELETE /api/messages/:message_id/reactions/:emoji': [{ rate: 'change', by: 'person' }],
  'PUT /api/messages/:message_id/pin': [{ rate: 'change', by: 'person' }],
  'DELETE /api/messages/:message_id/pin': [{ rate: 'change', by: 'person' }],
  'POST /api/messages/:message_id/regenerate': [{ rate: 'regenerate', by: 'person' }],
}

type Context = {
  request: Request
  route: string
  server: Parameters<ReturnType<typeof createAddresses>>[1]
  body: unknown
}

/** Who does too much of one thing too fast has to wait (429). It comes before the work of the route, hashing above all. */
export function throttle(limits: Limits, addressOf: ReturnType<typeof createAddresses>) {
  return new Elysia({ name: 'throttle' }).onBeforeHandle({ as: 'global' }, context => {
    const { request, route } = context
    const rules = RULES[`${request.method} ${route}`]
    for (const { rate, by } of rules ?? []) limits.take(rate, keyOf(by, context, addressOf))
  })
}

function keyOf(by: Rule['by'], context: Context, addressOf: ReturnType<typeof createAddresses>): string {
  if (by === 'address') return addressOf(context.request, context.server)
  if (by === 'account') return String((context.body as { email?: unknown } | null)?.email ?? '')
  // Put there by `signedIn`, which every such route uses.
  return (context as Context & { viewer?: { user: { id: string } } }).viewer?.user.id ?? 'nobody'
}
