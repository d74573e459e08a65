/** `__Host-` binds the cookie to this host, but browsers accept it over https only. */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-session' : 'session'
}

export function writeSessionCookie(token: string, expiresAt: number, secure: boolean): string {
  const maxAge = Math.max(0, Math.round((expiresAt - Date.now()) / 1000))
  return `${sessionCookieName(secure)}=${token}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}

export function clearSessionCookie(secure: boolean): string {
  return `${sessionCookieName(secure)}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}

export function carriesCookie(request: Request): boolean {
  return /(?:^|;\s*)(?:__Host-)?session=/.test(request.headers.get('cookie') ?? '')
}

/** The token from `Authorization: Bearer`, else from the cookie. Never from the address, which ends in logs. */
export function readToken(request: Request, secure: boolean): string | null {
  const header = request.headers.get('authorization')
  if (header !== null) return /^Bearer ([\w.~+/=-]+)$/i.exec(header)?.[1] ?? null
  const name = sessionCookieName(secure)
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=')
    if (key === name) return value.join('=') || null
  }
  return null
}
