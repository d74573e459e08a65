import { and, eq, ne } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { reviseWithin } from '../messages/revise.ts'

/** What a reader is told under a reply that a crash cut short. */
export const INTERRUPTED = 'The server stopped while this was being written.'

/** Ends what an earlier boot left running: its text stays, marked as interrupted. Nothing is run again by itself. */
export async function recover(db: Database, log: Log, boot_id: string): Promise<number> {
  const { agent_sessions, messages } = db.tables
  return log.write(async (tx, emit) => {
    const cut = await tx
      .update(agent_sessions)
      .set({ status: 'interrupted', error: INTERRUPTED, finished_at: Date.now() })
      .where(and(eq(agent_sessions.status, 'running'), ne(agent_sessions.boot_id, boot_id)))
      .returning({ message_id: agent_sessions.message_id })
    for (const { message_id } of cut) {
      if (!message_id) continue
      const [row] = await tx.select({ ai: messages.ai }).from(messages).where(eq(messages.id, message_id))
      const ai = row?.ai ? { ...row.ai, error: INTERRUPTED } : undefined
      await reviseWithin(tx, emit, db.tables, message_id, { status: 'interrupted', ai })
    }
    return cut.length
  })
}
