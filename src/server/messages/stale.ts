import { and, eq, gt, inArray, or } from 'drizzle-orm'
import type { Query, Tables } from '../db/database.ts'

/** Those of these runs whose question was edited or deleted after they had begun: what they answer is not what stands there. */
export async function staleRuns(query: Query, tables: Tables, run_ids: string[]): Promise<Set<string>> {
  const { agent_sessions, messages } = tables
  if (run_ids.length === 0) return new Set()
  const rows = await query
    .select({ id: agent_sessions.id })
    .from(agent_sessions)
    .innerJoin(messages, eq(messages.id, agent_sessions.trigger_message_id))
    .where(
      and(
        inArray(agent_sessions.id, run_ids),
        or(gt(messages.edited_at, agent_sessions.started_at), gt(messages.deleted_at, agent_sessions.started_at)),
      ),
    )
  return new Set(rows.map(row => row.id))
}
