import { jwt } from '@elysiajs/jwt'

export type Claims = { user_id: string; session_id: string }

export type Tokens = ReturnType<typeof createTokens>

/** Verified signatures that are remembered; a signature does not turn false, and the session is looked up anyway. */
const REMEMBERED = 10_000

/** Session tokens: HS256 with `exp`, saying whose session it is and nothing else. */
export function createTokens(secret: string) {
  const signer = jwt({ name: 'jwt', secret, alg: 'HS256', typ: 'JWT', iss: 'groupchat', aud: 'session' }).decorator.jwt
  const verified = new Map<string, Claims & { expires_at: number }>()

  return {
    issue: ({ user_id, session_id }: Claims, expiresAt: number): Promise<string> =>
      signer.sign({ sub: user_id, sid: session_id, exp: Math.floor(expiresAt / 1000) }),

    /** Null for anything that this server did not sign, or that has expired. */
    async verify(token: string): Promise<Claims | null> {
      const known = verified.get(token)
      if (known) return known.expires_at > Date.now() ? known : null
      const payload = await signer.verify(token, { algorithms: ['HS256'], issuer: 'groupchat', audience: 'session' })
      if (!payload || typeof payload.sub !== 'string' || typeof payload.sid !== 'string' || !payload.exp) return null
      const claims = { user_id: payload.sub, session_id: payload.sid, expires_at: payload.exp * 1000 }
      if (verified.size >= REMEMBERED) verified.clear()
      verified.set(token, claims)
      return claims
    },
  }
}
