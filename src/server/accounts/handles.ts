import { eq } from 'drizzle-orm'
import { HANDLE_MAX } from '../../shared/limits.ts'
import type { Query, Tables } from '../db/database.ts'

/** Names that read like a role of the server rather than a person. */
const RESERVED = new Set(['admin', 'all', 'assistant', 'channel', 'everyone', 'here', 'room', 'system'])

export function isReserved(handle: string): boolean {
  return RESERVED.has(handle)
}

/** A free handle made from a name: `Ada Lovelace` → `ada-lovelace`, then `ada-lovelace-2`. Call it within the write that takes it. */
export async function freeHandle(tx: Query, { users }: Tables, name: string): Promise<string> {
  const base = slug(name)
  for (let n = RESERVED.has(base) ? 2 : 1; ; n++) {
    const handle = n === 1 ? base : `${base}-${n}`
    const taken = await tx.select({ id: users.id }).from(users).where(eq(users.handle, handle))
    if (taken.length === 0) return handle
  }
}

function slug(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, HANDLE_MAX - 5)
    .replace(/^-+|-+$/g, '')
  return words || 'person'
}
