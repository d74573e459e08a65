import { and, eq, isNull, sql } from 'drizzle-orm'
import { type Decision, willAnswer } from '../../shared/addressing.ts'
import type { AiRun, Message } from '../../shared/messages.ts'
import type { Model } from '../../shared/rooms.ts'
import type { UserRow } from '../accounts/present.ts'
import type { Database, Query } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import type { Bus, LastingEvent } from '../events/bus.ts'
import type { Log } from '../events/log.ts'
import type { Logger } from '../http/logger.ts'
import { checkpoint } from '../messages/revise.ts'
import type { RoomRow } from '../rooms/present.ts'
import { type Agent, GivenUp, StopRequest, type Turn, type Wake } from './agent.ts'
import { type Answer, answer } from './answer.ts'
import { conclude, type Outcome } from './claims.ts'
import { readConversation } from './conversation.ts'
import { insist } from './insist.ts'
import type { RunLimits } from './limits.ts'
import type { Kept, Pictures } from './pictures.ts'
import type { Provider, Usage } from './providers/provider.ts'
import { INTERRUPTED } from './recovery.ts'
import { createReply, type Reply } from './reply.ts'
import type { Tool } from './tools/tool.ts'
import { createToolset } from './toolset.ts'

export type AssistantDeps = {
  db: Database
  log: Log
  bus: Bus
  provider: Provider
  tools: readonly Tool[]
  pictures: Pictures
  limits: RunLimits
  logger: Logger
}

/** The assistant that everybody knows: asked in a room, it reads along and answers in front of all. */
export function createAssistant({ db, log, bus, provider, tools, pictures, limits, logger }: AssistantDeps): Agent {
  const { messages, users, uploads } = db.tables
  const broken = (tool: string, error: unknown) => logger.error('a tool failed', { tool, error })

  async function wants(event: LastingEvent, me: UserRow): Promise<Wake | null> {
    if (event.type === 'message.created') return wantsToAnswer(event.data.message, me)
    if (event.type === 'message.updated') return wantsToAnswerAnew(event.data.message, me)
    return null
  }

  async function wantsToAnswer(message: Message, me: UserRow): Promise<Wake | null> {
    // The log says of an edited question what it says now, to those who read it late; an edit wakes nobody.
    if (message.sender_kind === 'agent' || message.status !== 'complete' || message.edited_at !== null) return null
    const room = await findRoom(message.room_id)
    if (!room) return null
    const { answers, rule } = await decide(room, message, me)
    if (!answers) return null
    const { id: room_id, model_id } = room
    return { room_id, trigger: message, requested_by: message.sender_id, model_id, rule, again: null }
  }

  /** Its own message, emptied: somebody asks for another answer. */
  async function wantsToAnswerAnew(message: Message, me: UserRow): Promise<Wake | null> {
    const { ai, room_id } = message
    if (message.sender_id !== me.id || message.status !== 'streaming' || !ai || ai.stopped_by) return null
    const [asked] = await db.read
      .select({ seq: messages.seq })
      .from(messages)
      .where(eq(messages.id, ai.trigger_message_id))
    const trigger = { id: ai.trigger_message_id, seq: asked?.seq ?? message.seq - 1 }
    return {
      room_id,
      trigger,
      requested_by: ai.requested_by,
      model_id: ai.model_id,
      rule: 'regenerate',
      again: message,
    }
  }

  async function decide(room: RoomRow, message: Message, me: UserRow): Promise<Decision> {
    const members = await membersOf(db.read, db.tables).execute({ room_id: room.id })
    const sender = members.find(({ user }) => user.id === message.sender_id)
    return willAnswer(
      me,
      room.ai_mode,
      {
        content: message.content,
        mentions: message.mentions,
        sender: { id: message.sender_id, kind: message.sender_kind, is_muted: sender?.is_muted ?? true },
        replied_to: message.reply_to ? await authorOf(message.reply_to) : null,
      },
      members.map(({ user }) => user),
    )
  }

  async function respond(turn: Turn, me: UserRow): Promise<void> {
    const run = runOf(turn.message)
    const reply = createReply(bus, turn, run, so_far => checkpoint(db, turn.message.id, so_far))
    reply.say('thinking')
    try {
      const answered = await ask(turn, me, reply)
      await reply.end()
      await keep(turn, await finished(turn, run, reply, answered))
    } catch (error) {
      await reply.end()
      await keep(turn, cutShort(turn, run, reply, error))
      if (!turn.signal.aborted) throw error
    }
  }

  function keep(turn: Turn, outcome: Outcome): Promise<void> {
    return insist(() => conclude(log, db.tables, turn.message.id, outcome), turn.signal)
  }

  async function ask(turn: Turn, me: UserRow, reply: Reply): Promise<Answer> {
    const room = await findRoom(turn.room_id)
    if (!room) throw new Error('The room is gone')
    const model = await findModel(turn.model_id)
    const members = await membersOf(db.read, db.tables).execute({ room_id: room.id })
    const offered = model?.supports_tools === false ? [] : tools
    const setting = {
      me,
      people: members.map(({ user }) => user),
      tools: offered.map(tool => tool.name),
      now: new Date(),
    }
    const { written, tainted, ...question } = await readConversation(db, {
      room,
      setting,
      up_to_seq: turn.message.seq - 1,
      context_length: model?.context_length ?? null,
      look: model?.input_modalities.includes('image') ? pictures.look : null,
    })
    const signal = AbortSignal.any([turn.signal, AbortSignal.timeout(limits.run_ms)])
    const toolset = createToolset({ tools: offered, reply, limits, signal, written, tainted, broken })
    return answer({ model: turn.model_id, ...question }, { provider, reply, toolset, limits, signal })
  }

  async function finished(turn: Turn, run: AiRun, reply: Reply, answered: Answer): Promise<Outcome> {
    const { usage, error, first_token_ms, writing_ms } = answered
    const tokens = usage?.completion_tokens ?? null
    // The answer is worth more than its picture: what cannot be kept is logged, and the text stands.
    const unkept = (error: unknown) => {
      logger.warn('a picture of a model could not be kept', { error })
      return null
    }
    const drawn = await Promise.all(answered.images.map(image => pictures.keep(image).catch(unkept)))
    const kept = drawn.filter(picture => picture !== null)
    const ai: AiRun = {
      ...run,
      model: answered.model,
      provider: answered.provider ?? provider.name,
      prompt_tokens: usage?.prompt_tokens ?? null,
      completion_tokens: tokens,
      total_tokens: usage?.total_tokens ?? null,
      cost_usd: usage?.cost_usd ?? priceOf(await findModel(turn.model_id), usage),
      response_ms: Date.now() - turn.started_at,
      first_token_ms,
      tokens_per_second: tokens !== null && writing_ms >= 1 ? Math.round((tokens / writing_ms) * 10_000) / 10 : null,
      finish_reason: answered.finish_reason,
      error: error?.message ?? null,
      error_code: error?.code ?? null,
      reasoning: reply.reasoning,
      tools: reply.tools,
    }
    const within = (tx: Query) => attach(tx, turn, run.version, kept)
    return { content: reply.text, status: error ? 'error' : 'complete', ai, within }
  }

  async function attach(tx: Query, { room_id, message }: Turn, version: number, kept: Kept[]) {
    for (const [index, picture] of kept.entries())
      await tx.insert(uploads).values({
        id: Bun.randomUUIDv7(),
        user_id: message.sender_id,
        room_id,
        message_id: message.id,
        version,
        name: `picture ${index + 1}`,
        created_at: Date.now(),
        ...picture,
      })
  }

  async function findRoom(room_id: string): Promise<RoomRow | null> {
    const [room] = await roomById(db.read, db.tables).execute({ room_id })
    return room ?? null
  }

  async function findModel(model_id: string): Promise<Model | null> {
    const { models } = await provider.models()
    return models.find(model => model.id === model_id) ?? null
  }

  async function authorOf(message_id: string): Promise<UserRow | null> {
    const [found] = await db.read
      .select({ user: users })
      .from(messages)
      .innerJoin(users, eq(users.id, messages.sender_id))
      .where(eq(messages.id, message_id))
    return found?.user ?? null
  }

  return { profile: { handle: 'assistant', display_name: 'Assistant' }, wants, respond }
}

/** Stopped by somebody, cut by the end of the process or by its own time limit, or broken by a mistake of ours. */
function cutShort({ signal, started_at }: Turn, run: AiRun, reply: Reply, error: unknown): Outcome {
  const stopped_by = signal.reason instanceof StopRequest ? signal.reason.user_id : null
  const tools = reply.tools.map(tool =>
    tool.status === 'running' ? { ...tool, status: 'error' as const, error: 'Cut short.' } : tool,
  )
  const ai: AiRun = { ...run, response_ms: Date.now() - started_at, stopped_by, reasoning: reply.reasoning, tools }
  const content = reply.text
  if (stopped_by) return { content, status: 'stopped', ai }
  if (signal.aborted) {
    const why = signal.reason instanceof GivenUp ? signal.reason.message : INTERRUPTED
    return { content, status: 'interrupted', ai: { ...ai, error: why, error_code: 'interrupted' } }
  }
  const late = error instanceof DOMException && error.name === 'TimeoutError'
  const words = late
    ? 'The answer took longer than this server allows.'
    : 'The assistant failed while answering. The server has logged why.'
  return { content, status: 'error', ai: { ...ai, error: words, error_code: late ? 'timeout' : 'internal' } }
}

function runOf(message: Message): AiRun {
  if (!message.ai) throw new Error('A reply without its run')
  return message.ai
}

/** What the listed price makes of the tokens, for servers that do not bill in their answer. */
function priceOf(model: Model | null, usage: Usage | null): number | null {
  if (!model?.prompt_price || !model.completion_price || !usage) return null
  if (usage.prompt_tokens === null || usage.completion_tokens === null) return null
  return usage.prompt_tokens * Number(model.prompt_price) + usage.completion_tokens * Number(model.completion_price)
}

const membersOf = prepared((query, { room_members, users }) =>
  query
    .select({ user: users, is_muted: room_members.is_muted })
    .from(room_members)
    .innerJoin(users, eq(users.id, room_members.user_id))
    .where(eq(room_members.room_id, sql.placeholder('room_id')))
    .prepare(),
)

const roomById = prepared((query, { rooms }) =>
  query
    .select()
    .from(rooms)
    .where(and(eq(rooms.id, sql.placeholder('room_id')), isNull(rooms.deleted_at)))
    .prepare(),
)
