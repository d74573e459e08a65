import { and, eq, gt, isNull, ne } from 'drizzle-orm'
import type { PasswordReset } from '../../shared/password-reset.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import type { Bus } from '../events/bus.ts'
import { notFound } from '../http/problems.ts'
import { hashOfToken, newToken } from './one-time-token.ts'
import type { Passwords } from './passwords.ts'

const LIFETIME_MS = 24 * 60 * 60 * 1000

/** Makes a one-time link for a new password; an earlier one that was not used stops working. */
export async function createReset(
  db: Database,
  { user_id, created_by }: { user_id: string; created_by: string },
): Promise<{ token: string; expires_at: number }> {
  const { users, password_resets: resets } = db.tables
  const token = newToken()
  const created_at = Date.now()
  const expires_at = created_at + LIFETIME_MS
  await db.write(async tx => {
    const person = and(eq(users.id, user_id), eq(users.kind, 'human'), isNull(users.disabled_at))
    const found = await tx.select({ id: users.id }).from(users).where(person)
    if (found.length === 0) throw notFound('user')
    await tx.delete(resets).where(and(eq(resets.user_id, user_id), isNull(resets.used_at)))
    await tx.insert(resets).values({ token_hash: hashOfToken(token), user_id, created_by, created_at, expires_at })
  })
  return { token, expires_at }
}

/** Sets a new password by a link, once, and ends every session of that person: whoever knew the old one is out. */
export async function resetPassword(
  db: Database,
  bus: Bus,
  passwords: Passwords,
  { token, password }: PasswordReset,
): Promise<void> {
  const { users, sessions, password_resets: resets } = db.tables
  const token_hash = hashOfToken(token)
  await requireOpen(db.read, db.tables, token_hash)
  const password_hash = await passwords.hash(password)
  const ended = await db.write(async tx => {
    const { user_id } = await requireOpen(tx, db.tables, token_hash)
    const now = Date.now()
    await tx.update(resets).set({ used_at: now }).where(eq(resets.token_hash, token_hash))
    await tx.delete(resets).where(and(eq(resets.user_id, user_id), ne(resets.token_hash, token_hash)))
    await tx.update(users).set({ password_hash }).where(eq(users.id, user_id))
    return tx
      .update(sessions)
      .set({ revoked_at: now })
      .where(and(eq(sessions.user_id, user_id), isNull(sessions.revoked_at)))
      .returning({ id: sessions.id })
  })
  for (const { id } of ended) bus.publish({ kind: 'session_ended', session_id: id })
}

/** 404 alike for a link that never was, was used, is too old, or is of somebody who may not come in. */
async function requireOpen(query: Query, { users, password_resets: resets }: Tables, token_hash: string) {
  const [found] = await query
    .select({ user_id: resets.user_id })
    .from(resets)
    .innerJoin(users, and(eq(users.id, resets.user_id), isNull(users.disabled_at)))
    .where(and(eq(resets.token_hash, token_hash), isNull(resets.used_at), gt(resets.expires_at, Date.now())))
  if (!found) throw notFound('reset link')
  return found
}
