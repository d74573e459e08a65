import { willAnswer } from '../../../shared/addressing.ts'
import { mentionedHandles } from '../../../shared/mentions.ts'
import type { Message } from '../../../shared/messages.ts'
import type { AiMode } from '../../../shared/rooms.ts'
import type { User } from '../../../shared/users.ts'

export type Forecast = { answers: boolean; text: string }

export type ForecastSources = {
  content: string
  mode: AiMode
  /** What it replies to. */
  reply_to?: Pick<Message, 'sender_id' | 'sender_kind' | 'sender_name'> | null
  me: { id: string; is_muted: boolean }
  members: readonly User[]
  agents: readonly User[]
}

/** Will it answer? Told before sending, by the rule that the server goes by. Null in a room without agents. */
export function forecast({ content, mode, reply_to, me, members, agents }: ForecastSources): Forecast | null {
  const [first] = agents
  if (!first) return null
  if (mode === 'off') return { answers: false, text: 'AI is off in this room' }
  const handles = mentionedHandles(content)
  const everyone = [...members, ...agents]
  const mentions = everyone.filter(user => handles.includes(user.handle)).map(user => user.id)
  const said = {
    content,
    mentions,
    sender: { id: me.id, kind: 'human' as const, is_muted: me.is_muted },
    replied_to: reply_to ? (everyone.find(user => user.id === reply_to.sender_id) ?? formerMember(reply_to)) : null,
  }
  const decisions = agents.map(agent => ({ agent, ...willAnswer(agent, mode, said, members) }))
  const speaking = decisions.filter(decision => decision.answers).map(decision => decision.agent.display_name)
  if (speaking.length) return { answers: true, text: `${speaking.join(' and ')} will answer` }
  const quiet = `${first.display_name} will stay quiet`
  const [decision] = decisions
  if (!decision || decision.rule === 'not_mentioned') return { answers: false, text: `${quiet} — mention it to ask` }
  return { answers: false, text: `${quiet} — ${decision.reason}` }
}

/** Somebody who has left is still a person. */
function formerMember({
  sender_id,
  sender_kind,
  sender_name,
}: Pick<Message, 'sender_id' | 'sender_kind' | 'sender_name'>) {
  return { id: sender_id, kind: sender_kind, display_name: sender_name, handle: '' }
}
