import { and, eq, gt, gte, isNull } from 'drizzle-orm'
import type { AiRun, Message, MessageStatus } from '../../shared/messages.ts'
import type { UserRow } from '../accounts/present.ts'
import type { Query, Tables } from '../db/database.ts'
import type { Emit, Log } from '../events/log.ts'
import { postWithin } from '../messages/post.ts'
import { presentMessages } from '../messages/present.ts'
import { reviseWithin, runUnderWay } from '../messages/revise.ts'
import { newRun } from '../messages/run.ts'
import { keepVersion } from '../messages/versions.ts'
import type { Turn, Wake } from './agent.ts'

export type Claim = Omit<Turn, 'signal'>

/**
 * Takes a turn: the claim and the agent's still empty message in one write. Null when somebody else has it already, or
 * when a later message of the room has been answered, which covers this one too.
 */
export async function claim(log: Log, tables: Tables, me: UserRow, boot_id: string, wake: Wake): Promise<Claim | null> {
  return log.write(async (tx, emit) => {
    const message = wake.again ? await emptied(tx, emit, tables, wake.again) : await begun(tx, emit, tables, me, wake)
    if (!message?.ai) return null
    const { run_id, version } = message.ai
    const started_at = Date.now()
    const [claimed] = await tx
      .insert(tables.agent_sessions)
      .values({
        id: run_id,
        agent_id: me.id,
        room_id: wake.room_id,
        trigger_message_id: wake.trigger.id,
        version,
        trigger_seq: wake.trigger.seq,
        requested_by: wake.requested_by,
        message_id: message.id,
        boot_id,
        status: 'running',
        rule: wake.rule,
        model_id: wake.model_id,
        started_at,
      })
      .onConflictDoNothing()
      .returning({ id: tables.agent_sessions.id })
    const { again: _, ...turn } = wake
    return claimed ? { ...turn, run_id, message, started_at } : null
  })
}

/** The message to write anew, if it is still waiting for this very run. One that was cleared away waits no longer. */
async function emptied(tx: Query, emit: Emit, tables: Tables, again: Message): Promise<Message | null> {
  const { messages } = tables
  const rows = await tx.select().from(messages).where(eq(messages.id, again.id))
  const [message] = await presentMessages(tx, tables, rows)
  if (message?.status !== 'streaming' || message.ai?.run_id !== again.ai?.run_id) return null
  if (await stands(tx, tables, message.id)) return message
  await reviseWithin(tx, emit, tables, message.id, { status: 'interrupted' })
  return null
}

/** A new, empty message, unless a run has covered this one already, or it was deleted or cleared away while it waited. */
async function begun(tx: Query, emit: Emit, tables: Tables, me: UserRow, wake: Wake): Promise<Message | null> {
  const { agent_sessions } = tables
  const { room_id, trigger, covers, requested_by, model_id } = wake
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
  if (answered || !(await stands(tx, tables, trigger.id))) return null
  const asked = { trigger_message_id: trigger.id, ...(covers && { covers }), requested_by, model_id }
  const ai = newRun({ run_id: Bun.randomUUIDv7(), ...asked })
  const posted = await postWithin(tx, emit, tables, { room_id, author: me, content: '', status: 'streaming', ai })
  return posted.message
}

async function stands(tx: Query, { messages, rooms }: Tables, message_id: string): Promise<boolean> {
  const found = await tx
    .select({ id: messages.id })
    .from(messages)
    .innerJoin(rooms, eq(rooms.id, messages.room_id))
    .where(
      and(
        eq(messages.id, message_id),
        isNull(messages.deleted_at),
        isNull(rooms.deleted_at),
        gt(messages.seq, rooms.cleared_seq),
      ),
    )
  return found.length > 0
}

export type Outcome = {
  content: string
  status: Exclude<MessageStatus, 'streaming'>
  ai: AiRun
  /** What else belongs into the same write. */
  within?: (tx: Query) => Promise<void>
}

/**
 * The end of a run, in one write: the text, how it came about, the version, and the event. Comes it too late, because the
 * message was ended by force, asked for anew or deleted meanwhile, only what the run has used is kept.
 */
export async function conclude(log: Log, tables: Tables, message_id: string, outcome: Outcome) {
  const { agent_sessions } = tables
  const { content, status, ai } = outcome
  const { run_id, model, provider, prompt_tokens, completion_tokens, total_tokens, cost_usd } = ai
  const { first_token_ms, response_ms, finish_reason, error } = ai
  const figures = {
    model,
    provider,
    prompt_tokens,
    completion_tokens,
    total_tokens,
    cost_usd,
    first_token_ms,
    response_ms,
  }
  await log.write(async (tx, emit) => {
    await tx
      .update(agent_sessions)
      .set({ status, ...figures, finish_reason, error, finished_at: Date.now() })
      .where(eq(agent_sessions.id, run_id))
    if (!(await runUnderWay(tx, tables, message_id, run_id))) return
    await outcome.within?.(tx)
    await keepVersion(tx, tables, message_id, { content, status, ai })
    await reviseWithin(tx, emit, tables, message_id, { content, status, ai })
  })
}
