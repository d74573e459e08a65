import type { AiRun, Message, MessagePage } from '../../src/shared/messages.ts'
import type { MyRoom } from '../../src/shared/rooms.ts'
import type { User } from '../../src/shared/users.ts'

export const ROOM = 'garden'

function user(id: string, kind: User['kind'], display_name: string): User {
  const role = kind === 'agent' ? 'agent' : 'member'
  return { id, kind, display_name, handle: id, role, avatar_url: null, created_at: '2026-11-20T09:00:00.000Z' }
}
export const ADA = user('ada', 'human', 'Ada Lovelace')
export const GRACE = user('grace', 'human', 'Grace Hopper')
export const ASSISTANT = user('assistant', 'agent', 'Assistant')

/** The message that stands at this place of the room; nine minutes past nine for the ninth. */
export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    room_id: ROOM,
    seq,
    hash: `hash${seq}`,
    client_id: null,
    sender_id: GRACE.id,
    sender_name: GRACE.display_name,
    sender_kind: 'human',
    timestamp: new Date(Date.UTC(2026, 10, 20, 9, seq)).toISOString(),
    content: `text ${seq}`,
    mentions: [],
    reply_to: null,
    attachments: [],
    reactions: [],
    edited_at: null,
    deleted_at: null,
    status: 'complete',
    ai: null,
    ...change,
  }
}

export function reply(seq: number, change: Partial<Message> = {}, ai: Partial<AiRun> = {}): Message {
  return message(seq, {
    sender_id: ASSISTANT.id,
    sender_name: ASSISTANT.display_name,
    sender_kind: 'agent',
    status: 'streaming',
    content: '',
    ai: {
      run_id: 'run',
      error_code: null,
      reasoning: null,
      version: 1,
      version_count: 1,
      trigger_message_id: 'm1',
      requested_by: ADA.id,
      model_id: 'openrouter/auto',
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
      stopped_by: null,
      tools: [],
      ...ai,
    },
    ...change,
  })
}

export function page(messages: Message[], change: Partial<MessagePage> = {}): MessagePage {
  return { messages, quoted: [], has_more_before: false, has_more_after: false, cursor: 'e-1', ...change }
}

export function myRoom(change: Partial<MyRoom> = {}): MyRoom {
  return {
    id: ROOM,
    name: 'garden',
    model_id: 'openrouter/auto',
    ai_mode: 'mention',
    system_prompt: '',
    visibility: 'private',
    created_by: ADA.id,
    created_at: '2026-11-20T09:00:00.000Z',
    deleted_at: null,
    last_seq: 0,
    last_message_at: null,
    member_count: 2,
    unread_count: 0,
    mention_count: 0,
    last_read_seq: 0,
    notify: 'mentions',
    is_favourite: false,
    position: null,
    is_closed: false,
    ...change,
  }
}
