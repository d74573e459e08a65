import { withoutCode } from './mentions.ts'
import type { AiMode } from './rooms.ts'

/** What the rule needs to know of the people it reads about. */
export type Addressee = { id: string; kind: 'human' | 'agent'; display_name: string; handle: string }

export type Utterance = {
  content: string
  /** Ids, as the server resolved them. */
  mentions: readonly string[]
  sender: { id: string; kind: 'human' | 'agent'; is_muted: boolean }
  /** Who wrote the message that this one replies to. */
  replied_to: Addressee | null
}

export type Decision = {
  answers: boolean
  /** A stable word for the log and for tests … */
  rule: 'own' | 'agent' | 'muted' | 'off' | 'mentioned' | 'replied' | 'to_person' | 'always' | 'not_mentioned'
  /** … and the reason as a person would say it. */
  reason: string
}

/**
 * Will this agent answer? One rule for the server, which acts on it, and for the chip beside the send button, which
 * announces it. Reasons to stay silent come first; a message to a person never wakes an agent, whatever the room says.
 */
export function willAnswer(agent: Addressee, mode: AiMode, said: Utterance, people: readonly Addressee[]): Decision {
  const quiet = (rule: Decision['rule'], reason: string): Decision => ({ answers: false, rule, reason })
  const speak = (rule: Decision['rule'], reason: string): Decision => ({ answers: true, rule, reason })
  const name = agent.display_name

  if (said.sender.id === agent.id) return quiet('own', `${name} wrote this itself`)
  if (said.sender.kind === 'agent') return quiet('agent', `${name} does not answer other agents`)
  if (said.sender.is_muted) return quiet('muted', 'muted members cannot wake it')
  if (mode === 'off') return quiet('off', 'AI is off in this room')

  const opening = addressedAtStart(said.content, [agent, ...people])
  if (opening && opening.kind === 'human') return quiet('to_person', `the message is for ${opening.display_name}`)
  if (said.mentions.includes(agent.id) || opening?.id === agent.id) return speak('mentioned', `${name} is mentioned`)

  const person = people.find(who => who.kind === 'human' && who.id !== said.sender.id && said.mentions.includes(who.id))
  if (person) return quiet('to_person', `the message is for ${person.display_name}`)
  if (said.replied_to?.id === agent.id) return speak('replied', `the message replies to ${name}`)
  if (said.replied_to?.kind === 'human' && said.replied_to.id !== said.sender.id)
    return quiet('to_person', `the message replies to ${said.replied_to.display_name}`)

  if (mode === 'always') return speak('always', `${name} answers every message here`)
  return quiet('not_mentioned', `mention @${agent.handle} to ask`)
}

/** Who is named at the very start: `@ada …`, `Ada, …`, `Ada: …`. The longest name wins. */
function addressedAtStart(content: string, everyone: readonly Addressee[]): Addressee | null {
  const text = withoutCode(content).trimStart().toLowerCase()
  const starts = (prefix: string, then: RegExp) => text.startsWith(prefix) && then.test(text.slice(prefix.length))
  let found: Addressee | null = null
  let length = 0
  for (const who of everyone) {
    const handle = `@${who.handle.toLowerCase()}`
    const name = who.display_name.toLowerCase()
    if (handle.length > length && starts(handle, /^(?![\p{L}\p{N}_-])/u)) [found, length] = [who, handle.length]
    if (name.length > length && starts(name, /^\s*[,:]/)) [found, length] = [who, name.length]
  }
  return found
}
