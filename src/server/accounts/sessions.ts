import { and, eq, gt, isNull, ne, sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import type { Bus } from '../events/bus.ts'
import type { UserRow } from './present.ts'
import type { Tokens } from './tokens.ts'

const LIFETIME_MS = 30 * 24 * 60 * 60 * 1000
const USER_AGENT_MAX = 300

/** Whoever is signed in, as every handler sees them. */
export type Viewer = { user: UserRow; session_id: string; expires_at: number }

export type Sessions = ReturnType<typeof createSessions>

/** Signed-in browsers and bots. The token says which session; the row says whether it still holds. */
export function createSessions(db: Database, bus: Bus, tokens: Tokens) {
  const { sessions } = db.tables

  return {
    async open(user_id: string, userAgent: string | null): Promise<{ token: string; expires_at: number }> {
      const now = Date.now()
      const id = Bun.randomUUIDv7()
      const expires_at = now + LIFETIME_MS
      const user_agent = userAgent?.slice(0, USER_AGENT_MAX) ?? null
      await db.write(async tx => {
        await tx.insert(sessions).values({ id, user_id, user_agent, created_at: now, expires_at })
      })
      return { token: await tokens.issue({ user_id, session_id: id }, expires_at), expires_at }
    },

    /** Asked on every request, so that signing out works at once, everywhere. */
    async find(token: string): Promise<Viewer | null> {
      const claims = await tokens.verify(token)
      if (!claims) return null
      const [found] = await viewerOf(db.read, db.tables).execute({ ...claims, now: Date.now() })
      return found ? { ...found, session_id: claims.session_id } : null
    },

    /** Ends every session of a person but one, with their streams. */
    async revokeAll(user_id: string, except: string | null = null): Promise<void> {
      const ended = await db.write(tx =>
        tx
          .update(sessions)
          .set({ revoked_at: Date.now() })
          .where(
            and(
              eq(sessions.user_id, user_id),
              isNull(sessions.revoked_at),
              except === null ? undefined : ne(sessions.id, except),
            ),
          )
          .returning({ id: sessions.id }),
      )
      for (const { id } of ended) bus.publish({ kind: 'session_ended', session_id: id })
    },

    async revoke(session_id: string): Promise<void> {
      await db.write(async tx => {
        await tx.update(sessions).set({ revoked_at: Date.now() }).where(eq(sessions.id, session_id))
      })
      bus.publish({ kind: 'session_ended', session_id })
    },
  }
}

const viewerOf = prepared((query, { sessions, users }) =>
  query
    .select({ user: users, expires_at: sessions.expires_at })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.user_id))
    .where(
      and(
        eq(sessions.id, sql.placeholder('session_id')),
        eq(sessions.user_id, sql.placeholder('user_id')),
        isNull(sessions.revoked_at),
        gt(sessions.expires_at, sql.placeholder('now')),
        isNull(users.disabled_at),
      ),
    )
    .prepare(),
)
