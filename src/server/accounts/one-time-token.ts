import { createHash, randomBytes } from 'node:crypto'

/** 256 bits that fit into an address. Only their hash is kept, so who reads the database cannot use them. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Of random text: one round of SHA-256 is enough, there is nothing to guess. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
