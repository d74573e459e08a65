import { and, eq, gte } from 'drizzle-orm'
import type { AiRun, MessageStatus } from '../../shared/messages.ts'
import type { UserRow } from '../accounts/present.ts'
import type { Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { postWithin } from '../messages/post.ts'
import { reviseWithin } from '../messages/revise.ts'
import type { Turn, Wake } from './agent.ts'

/**
 * Takes a turn: the claim and the agent's still empty message in one write. Null when somebody else has it already, or
 * when a later message of the room has been answered, which covers this one too.
 */
export async function claim(
  log: Log,
  tables: Tables,
  me: UserRow,
  boot_id: string,
  wake: Wake,
): Promise<Omit<Turn, 'signal'> | null> {
  const { agent_sessions } = tables
  const { room_id, trigger, model_id, rule } = wake
  return log.write(async (tx, emit) => {
    const [answered] = await tx
      .select({ id: agent_sessions.id })
      .from(agent_sessions)
      .where(
        and(
          eq(agent_sessions.agent_id, me.id),
          eq(agent_sessions.room_id, room_id),
          gte(agent_sessions.trigger_seq, trigger.seq),
        ),
      )
      .limit(1)
    if (answered) return null
    const run_id = Bun.randomUUIDv7()
    const started_at = Date.now()
    const ai = emptyRun(run_id, wake)
    const { message } = await postWithin(tx, emit, tables, {
      room_id,
      author: me,
      content: '',
      status: 'streaming',
      ai,
    })
    const [claimed] = await tx
      .insert(agent_sessions)
      .values({
        id: run_id,
        agent_id: me.id,
        room_id,
        trigger_message_id: trigger.id,
        trigger_seq: trigger.seq,
        requested_by: trigger.sender_id,
        message_id: message.id,
        boot_id,
        status: 'running',
        rule,
        model_id,
        started_at,
      })
      .returning({ id: agent_sessions.id })
    return claimed ? { ...wake, run_id, message, started_at } : null
  })
}

export type Outcome = { content: string; status: Exclude<MessageStatus, 'streaming'>; ai: AiRun }

/** The end of a run, in one write: the text, how it came about, and the event. */
export async function conclude(log: Log, tables: Tables, message_id: string, { content, status, ai }: Outcome) {
  const { agent_sessions } = tables
  const { run_id, model, provider, prompt_tokens, completion_tokens, total_tokens, cost_usd } = ai
  const { first_token_ms, response_ms, finish_reason, error } = ai
  await log.write(async (tx, emit) => {
    await tx
      .update(agent_sessions)
      .set({
        status,
        model,
        provider,
        prompt_tokens,
        completion_tokens,
        total_tokens,
        cost_usd,
        first_token_ms,
        response_ms,
        finish_reason,
        error,
        finished_at: Date.now(),
      })
      .where(eq(agent_sessions.id, run_id))
    await reviseWithin(tx, emit, tables, message_id, { content, status, ai })
  })
}

function emptyRun(run_id: string, { trigger, model_id }: Wake): AiRun {
  return {
    run_id,
    trigger_message_id: trigger.id,
    requested_by: trigger.sender_id,
    model_id,
    model: null,
    provider: null,
    prompt_tokens: null,
    completion_tokens: null,
    total_tokens: null,
    cost_usd: null,
    response_ms: null,
    first_token_ms: null,
    tokens_per_second: null,
    finish_reason: null,
    error: null,
    error_code: null,
    stopped_by: null,
    reasoning: null,
    tools: [],
    version: 1,
    version_count: 1,
  }
}
