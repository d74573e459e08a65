import { count, sql, sum } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import type { Bus } from '../events/bus.ts'
import type { Figures, LabelledFigures, Metrics } from '../http/metrics.ts'

/** Tells the metrics where to look. */
export function measure(metrics: Metrics, { db, hub, bus }: { db: Database; hub: { figures(): Figures }; bus: Bus }) {
  metrics.source(
    {
      writes_total: 'Writes that were committed',
      commits_total: 'Commits they shared: writes by commits is the size of a batch',
      writes_waiting: 'Writes that wait for their commit',
      sql_log_owed: 'Changes that are committed but not yet on disk in the SQL log',
    },
    () => db.figures(),
  )
  metrics.source(
    {
      streams: 'Open streams',
      streams_behind: 'Streams that are being caught up from the log',
      deliveries_total: 'Frames handed to streams',
    },
    () => hub.figures(),
  )
  const usage = usageOf(db)
  let events = 0
  const stop = bus.subscribe(signal => {
    if (signal.kind !== 'lasting') return
    events++
    if (signal.event.type === 'message.updated' && signal.event.data.message.ai) usage.forget()
  })
  metrics.source({ events_total: 'Lasting events that were announced' }, () => ({ events_total: events }))
  metrics.labelled('ai_runs', 'Runs of assistants by model and how they ended', ['model', 'status'], async () =>
    (await usage.read()).map(({ model, status, runs }) => ({ labels: { model, status }, value: runs })),
  )
  metrics.labelled('ai_tokens', 'Tokens by model, of questions and answers', ['model', 'kind'], async () =>
    byModel(await usage.read(), 'prompt').concat(byModel(await usage.read(), 'completion')),
  )
  metrics.labelled('ai_cost_usd', 'What the providers charged by model, where they say', ['model'], async () =>
    byModel(await usage.read(), 'cost'),
  )
  return stop
}

type Use = { model: string; status: string; runs: number; prompt: number; completion: number; cost: number }

/** Adding it up reads every run, so it is kept until there is another. */
function usageOf(db: Database) {
  const { agent_sessions } = db.tables
  let known: Promise<Use[]> | null = null

  async function add(): Promise<Use[]> {
    return db.read
      .select({
        model: agent_sessions.model_id,
        status: agent_sessions.status,
        runs: count(),
        prompt: sql<number>`coalesce(${sum(agent_sessions.prompt_tokens)}, 0)`,
        completion: sql<number>`coalesce(${sum(agent_sessions.completion_tokens)}, 0)`,
        cost: sql<number>`coalesce(${sum(agent_sessions.cost_usd)}, 0)`,
      })
      .from(agent_sessions)
      .groupBy(agent_sessions.model_id, agent_sessions.status)
  }

  return {
    read: () => (known ??= add()),
    forget() {
      known = null
    },
  }
}

function byModel(rows: Use[], what: 'prompt' | 'completion' | 'cost'): LabelledFigures {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(row.model, (sums.get(row.model) ?? 0) + Number(row[what]))
  return [...sums].map(([model, value]) => {
    const labels: Record<string, string> = what === 'cost' ? { model } : { model, kind: what }
    return { labels, value }
  })
}
