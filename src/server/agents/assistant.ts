import { and, eq, isNull, sql } from 'drizzle-orm'
import { type Decision, willAnswer } from '../../shared/addressing.ts'
import type { AiState } from '../../shared/events.ts'
import type { AiRun, Message } from '../../shared/messages.ts'
import type { Model } from '../../shared/rooms.ts'
import type { UserRow } from '../accounts/present.ts'
import type { Database } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import type { Bus, LastingEvent } from '../events/bus.ts'
import type { Log } from '../events/log.ts'
import { checkpoint } from '../messages/revise.ts'
import type { RoomRow } from '../rooms/present.ts'
import type { Agent, Turn, Wake } from './agent.ts'
import { conclude, type Outcome } from './claims.ts'
import { readConversation } from './conversation.ts'
import type { Completion, Provider } from './providers/provider.ts'
import { INTERRUPTED } from './recovery.ts'
import { createReplyText } from './reply-text.ts'

type AssistantDeps = { db: Database; log: Log; bus: Bus; provider: Provider }

/** The assistant that everybody knows: asked in a room, it reads along and answers in front of all. */
export function createAssistant({ db, log, bus, provider }: AssistantDeps): Agent {
  const { messages, users } = db.tables

  async function wants(event: LastingEvent, me: UserRow): Promise<Wake | null> {
    if (event.type !== 'message.created') return null
    const { message } = event.data
    if (message.sender_kind === 'agent' || message.status !== 'complete') return null
    const room = await findRoom(message.room_id)
    if (!room) return null
    const { answers, rule } = await decide(room, message, me)
    return answers ? { room_id: room.id, trigger: message, model_id: room.model_id, rule } : null
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
    const { room_id, message } = turn
    const reply = createReplyText(bus, room_id, message.id, text => checkpoint(db, message.id, text))
    say(turn, 'thinking')
    try {
      const { completion, first_token_ms } = await ask(turn, me, reply.append)
      await reply.end()
      await conclude(log, db.tables, message.id, await outcomeOf(turn, completion, reply.text, first_token_ms))
    } catch (error) {
      await reply.end()
      const interrupted = turn.signal.aborted
      const words = interrupted ? INTERRUPTED : 'The assistant failed while answering. The server has logged why.'
      const ai: AiRun = { ...runOf(message), response_ms: Date.now() - turn.started_at, error: words }
      await conclude(log, db.tables, message.id, {
        content: reply.text,
        status: interrupted ? 'interrupted' : 'error',
        ai,
      })
      if (!interrupted) throw error
    }
  }

  async function ask(turn: Turn, me: UserRow, hear: (piece: string) => void) {
    const room = await findRoom(turn.room_id)
    if (!room) throw new Error('The room is gone')
    const model = await findModel(turn.model_id)
    const conversation = await readConversation(db, room, me, turn.message.seq - 1, model?.context_length ?? null)
    let first_token_ms: number | null = null
    const onText = (piece: string) => {
      if (first_token_ms === null) {
        first_token_ms = Date.now() - turn.started_at
        say(turn, 'writing')
      }
      hear(piece)
    }
    const completion = await provider.chat({ model: turn.model_id, ...conversation }, { onText }, turn.signal)
    return { completion, first_token_ms: first_token_ms as number | null }
  }

  async function outcomeOf(
    turn: Turn,
    completion: Completion,
    text: string,
    first_token_ms: number | null,
  ): Promise<Outcome> {
    const { usage, error } = completion
    const response_ms = Date.now() - turn.started_at
    const tokens = usage?.completion_tokens ?? null
    const writing_s = (response_ms - (first_token_ms ?? response_ms)) / 1000
    const ai: AiRun = {
      ...runOf(turn.message),
      model: completion.model,
      provider: completion.provider ?? provider.name,
      prompt_tokens: usage?.prompt_tokens ?? null,
      completion_tokens: tokens,
      total_tokens: usage?.total_tokens ?? null,
      cost_usd: usage?.cost_usd ?? priceOf(await findModel(turn.model_id), completion),
      response_ms,
      first_token_ms,
      tokens_per_second: tokens !== null && writing_s > 0 ? Math.round((tokens / writing_s) * 10) / 10 : null,
      finish_reason: completion.finish_reason,
      error: error?.message ?? null,
    }
    return { content: text, status: error ? 'error' : 'complete', ai }
  }

  function say({ room_id, message }: Turn, state: AiState, detail: string | null = null) {
    const data = { room_id, message_id: message.id, state, detail }
    bus.publish({ kind: 'passing', event: { type: 'ai.status', room_id, data } })
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

function runOf(message: Message): AiRun {
  if (!message.ai) throw new Error('A reply without its run')
  return message.ai
}

/** What the listed price makes of the tokens, for servers that do not bill in their answer. */
function priceOf(model: Model | null, { usage }: Completion): number | null {
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
