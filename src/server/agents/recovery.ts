import { and, eq, ne } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { reviseWithin } from '../messages/revise.ts'
import { keepVersion } from '../messages/versions.ts'

/** What a reader is told under a reply that a crash cut short. */
export const INTERRUPTED = 'The server stopped while this was being written.'

/**
 * Ends what an earlier boot left unfinished: its text stays, marked as interrupted, and a tool that was running is said
 * to have been cut. Nothing is run again by itself. Resolves to how many replies that were.
 */
export async function recover(db: Database, log: Log, boot_id: string): Promise<number> {
  const { agent_sessions, messages } = db.tables
  return log.write(async (tx, emit) => {
    await tx
      .update(agent_sessions)
      .set({ status: 'interrupted', error: INTERRUPTED, finished_at: Date.now() })
      .where(and(eq(agent_sessions.status, 'running'), ne(agent_sessions.boot_id, boot_id)))
    const cut = await tx.select().from(messages).where(eq(messages.status, 'streaming'))
    for (const { id, content, ai } of cut) {
      const tools = ai?.tools.map(tool =>
        tool.status === 'running' ? { ...tool, status: 'error' as const, error: INTERRUPTED } : tool,
      )
      const ended = ai ? { ...ai, tools: tools ?? [], error: INTERRUPTED, error_code: 'interrupted' } : undefined
      if (ended) await keepVersion(tx, db.tables, id, { content, status: 'interrupted', ai: ended })
      await reviseWithin(tx, emit, db.tables, id, { status: 'interrupted', ai: ended })
    }
    return cut.length
  })
}
