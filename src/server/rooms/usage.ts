import { and, eq, gte, isNotNull } from 'drizzle-orm'
import type { RoomUsage, UsageSum } from '../../shared/usage.ts'
import { presentUser } from '../accounts/present.ts'
import type { Database } from '../db/database.ts'

const DAYS = 30
const DAY_MS = 24 * 60 * 60 * 1000

type Run = { prompt_tokens: number | null; completion_tokens: number | null; cost_usd: number | null }

/** What the assistants of a room, or of all rooms, have used in the last thirty days: by day, by model, by who asked. */
export async function usageOf(
  { read, tables }: Database,
  room_id: string | null,
  now = Date.now(),
): Promise<RoomUsage> {
  const { agent_sessions, users } = tables
  const firstDay = Math.floor(now / DAY_MS) * DAY_MS - (DAYS - 1) * DAY_MS
  const runs = await read
    .select({
      started_at: agent_sessions.started_at,
      model_id: agent_sessions.model_id,
      model: agent_sessions.model,
      prompt_tokens: agent_sessions.prompt_tokens,
      completion_tokens: agent_sessions.completion_tokens,
      cost_usd: agent_sessions.cost_usd,
      user: users,
    })
    .from(agent_sessions)
    .innerJoin(users, eq(users.id, agent_sessions.requested_by))
    .where(
      and(
        room_id === null ? undefined : eq(agent_sessions.room_id, room_id),
        gte(agent_sessions.started_at, firstDay),
        isNotNull(agent_sessions.finished_at),
      ),
    )
  const dayOf = (instant: number) => new Date(instant).toISOString().slice(0, 10)
  const byDay = Map.groupBy(runs, run => dayOf(run.started_at))
  const byModel = Map.groupBy(runs, run => run.model ?? run.model_id)
  const byPerson = Map.groupBy(runs, run => run.user.id)
  return {
    total: sum(runs),
    by_day: Array.from({ length: DAYS }, (_, n) => dayOf(firstDay + n * DAY_MS)).map(day => ({
      day,
      ...sum(byDay.get(day) ?? []),
    })),
    by_model: [...byModel].map(([model, own]) => ({ model, ...sum(own) })).sort(dearestFirst),
    by_person: [...byPerson.values()]
      .flatMap(own => (own[0] ? [{ user: presentUser(own[0].user), ...sum(own) }] : []))
      .sort(dearestFirst),
  }
}

function sum(runs: Run[]): UsageSum {
  const total = { answers: runs.length, prompt_tokens: 0, completion_tokens: 0, cost_usd: 0 }
  for (const run of runs) {
    total.prompt_tokens += run.prompt_tokens ?? 0
    total.completion_tokens += run.completion_tokens ?? 0
    total.cost_usd += run.cost_usd ?? 0
  }
  return total
}

function dearestFirst(a: UsageSum, b: UsageSum): number {
  return b.cost_usd - a.cost_usd || b.completion_tokens - a.completion_tokens
}
