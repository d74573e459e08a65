import { and, desc, eq, gt, isNull, ne, sql } from 'drizzle-orm'
import type { Database, Query } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import type { Bus } from '../events/bus.ts'
import { notFound } from '../http/problems.ts'
import type { UserRow } from './present.ts'
import type { Tokens } from './tokens.ts'

const LIFETIME_MS = 30 * 24 * 60 * 60 * 1000
const USER_AGENT_MAX = 300
/** How exact `last_seen_at` is: a write every few minutes, not one a request. */
const SEEN_EVERY_MS = 5 * 60 * 1000
const ENDED = 'This session was ended: by signing out, from the list of sessions, or by a new password.'

/** Whoever is signed in, as every handler sees them. */
export type Viewer = { user: UserRow; session_id: string; expires_at: number }

export type Sessions = ReturnType<typeof createSessions>

/** Signed-in browsers and bots. The token says which session; the row says whether it still holds. */
export function createSessions(db: Database, bus: Bus, tokens: Tokens) {
  const { sessions, users } = db.tables
  const touching = new Set<string>()

  const holds = (user_id: string) =>
    and(eq(sessions.user_id, user_id), isNull(sessions.revoked_at), gt(sessions.expires_at, Date.now()))

  /** Not awaited: nobody shall wait for being noted. What fails is tried again by the next request. */
  async function touch(session_id: string, now: number) {
    if (touching.has(session_id)) return
    touching.add(session_id)
    try {
      await db.write(tx => tx.update(sessions).set({ last_seen_at: now }).where(eq(sessions.id, session_id)))
    } catch {
      // Noted by the next request then.
    } finally {
      touching.delete(session_id)
    }
  }

  return {
    async open(user_id: string, userAgent: string | null): Promise<{ token: string; expires_at: number }> {
      const now = Date.now()
      const id = Bun.randomUUIDv7()
      const expires_at = now + LIFETIME_MS
      const user_agent = userAgent?.slice(0, USER_AGENT_MAX) ?? null
      await db.write(async tx => {
        await tx.insert(sessions).values({ id, user_id, user_agent, created_at: now, last_seen_at: now, expires_at })
      })
      return { token: await tokens.issue({ user_id, session_id: id }, expires_at), expires_at }
    },

    /** Asked on every request, so that signing out works at once, everywhere. */
    async find(token: string): Promise<Viewer | null> {
      const claims = await tokens.verify(token)
      if (!claims) return null
      const now = Date.now()
      const [found] = await viewerOf(db.read, db.tables).execute({ ...claims, now })
      if (!found) return null
      const { user, expires_at, last_seen_at } = found
      if (now - (last_seen_at ?? 0) > SEEN_EVERY_MS) void touch(claims.session_id, now)
      return { user, expires_at, session_id: claims.session_id }
    },

    /** Why a token that we gave does not hold any more, in a sentence for whoever has it; null where that is not known. */
    async whyEnded(token: string): Promise<string | null> {
      const claims = await tokens.verify(token)
      if (!claims) return null
      const [found] = await db.read
        .select({ disabled_at: users.disabled_at, revoked_at: sessions.revoked_at })
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.user_id))
        .where(eq(sessions.id, claims.session_id))
      if (!found) return null
      if (found.disabled_at !== null) return 'Your account was disabled by an administrator.'
      return found.revoked_at === null ? 'Your session has expired.' : ENDED
    },

    /** Those that hold, the latest first. */
    list: (user_id: string) =>
      db.read
        .select()
        .from(sessions)
        .where(holds(user_id))
        .orderBy(desc(sql`coalesce(${sessions.last_seen_at}, ${sessions.created_at})`), desc(sessions.id)),

    async revoke(session_id: string): Promise<void> {
      await db.write(async tx => {
        await tx.update(sessions).set({ revoked_at: Date.now() }).where(eq(sessions.id, session_id))
      })
      bus.publish({ kind: 'session_ended', session_id })
    },

    /** The same for one of a person's own; there is no other. */
    async revokeOwn(user_id: string, session_id: string): Promise<void> {
      const ended = await db.write(tx =>
        tx
          .update(sessions)
          .set({ revoked_at: Date.now() })
          .where(and(eq(sessions.id, session_id), holds(user_id)))
          .returning({ id: sessions.id }),
      )
      if (ended.length === 0) throw notFound('session')
      bus.publish({ kind: 'session_ended', session_id })
    },

    /** Ends every session of a person, with their streams: when somebody is disabled, or sets a new password by a link. */
    async revokeAll(user_id: string): Promise<void> {
      const ended = await db.write(tx =>
        tx.update(sessions).set({ revoked_at: Date.now() }).where(holds(user_id)).returning({ id: sessions.id }),
      )
      for (const { id } of ended) bus.publish({ kind: 'session_ended', session_id: id })
    },

    /** Makes a change and ends every session of the person but the one that asks, in one write. */
    async revokeOthers({ user, session_id }: Viewer, change: (tx: Query) => Promise<void>): Promise<void> {
      const ended = await db.write(async tx => {
        await change(tx)
        return tx
          .update(sessions)
          .set({ revoked_at: Date.now() })
          .where(and(holds(user.id), ne(sessions.id, session_id)))
          .returning({ id: sessions.id })
      })
      for (const { id } of ended) bus.publish({ kind: 'session_ended', session_id: id })
    },
  }
}

const viewerOf = prepared((query, { sessions, users }) =>
  query
    .select({ user: users, expires_at: sessions.expires_at, last_seen_at: sessions.last_seen_at })
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
