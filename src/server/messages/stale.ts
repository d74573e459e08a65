import { inArray } from 'drizzle-orm'
import type { AiRun } from '../../shared/messages.ts'
import type { Query, Tables } from '../db/database.ts'

type Asked = Pick<AiRun, 'run_id' | 'trigger_message_id' | 'covers'>

/** Those of these runs of which a question was edited or deleted after they had begun: what they answer is not what stands there. */
export async function staleRuns(query: Query, tables: Tables, runs: Asked[]): Promise<Set<string>> {
  const { agent_sessions, messages } = tables
  if (runs.length === 0) return new Set()
  const questions = await query
    .select({ id: messages.id, edited_at: messages.edited_at, deleted_at: messages.deleted_at })
    .from(messages)
    .where(inArray(messages.id, [...new Set(runs.flatMap(questionsOf))]))
  const changed = new Map(
    questions.map(({ id, edited_at, deleted_at }) => [id, Math.max(edited_at ?? 0, deleted_at ?? 0)]),
  )
  const doubtful = runs.filter(run => questionsOf(run).some(id => changed.get(id)))
  if (doubtful.length === 0) return new Set()
  const sessions = await query
    .select({ id: agent_sessions.id, started_at: agent_sessions.started_at })
    .from(agent_sessions)
    .where(
      inArray(
        agent_sessions.id,
        doubtful.map(({ run_id }) => run_id),
      ),
    )
  const begun = new Map(sessions.map(({ id, started_at }) => [id, started_at]))
  const isStale = (run: Asked) => {
    const started_at = begun.get(run.run_id)
    return started_at !== undefined && questionsOf(run).some(id => (changed.get(id) ?? 0) > started_at)
  }
  return new Set(doubtful.filter(isStale).map(({ run_id }) => run_id))
}

export function questionsOf({ trigger_message_id, covers = [] }: Omit<Asked, 'run_id'>): string[] {
  return [trigger_message_id, ...covers]
}
