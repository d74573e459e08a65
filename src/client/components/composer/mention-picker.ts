import type { Message } from '../../../shared/messages.ts'
import type { User } from '../../../shared/users.ts'

/** The same places in which `mentionedHandles` would find a mention, with the caret at its end. */
const UNFINISHED = /(?:^|[^\p{L}\p{N}_@/.])@([\p{L}\p{N}_.-]*)$/u
const OFFERED = 8

/** The `@…` that the caret stands in: where it begins, and what was typed of the name. */
export function mentionAt(text: string, caret: number): { start: number; query: string } | null {
  const query = UNFINISHED.exec(text.slice(0, caret))?.[1]
  return query === undefined ? null : { start: caret - query.length - 1, query }
}

/** Who may be meant: those who spoke last first, then agents, then the rest by name. */
export function candidates(people: readonly User[], query: string, spoke: readonly string[], me: string): User[] {
  const wanted = query.toLowerCase()
  const rank = (user: User) => {
    if (user.handle === wanted) return -1
    const at = spoke.indexOf(user.id)
    return at < 0 ? spoke.length + (user.kind === 'agent' ? 0 : 1) : at
  }
  return people
    .filter(user => user.id !== me && fits(user, wanted))
    .sort((one, other) => rank(one) - rank(other) || one.display_name.localeCompare(other.display_name))
    .slice(0, OFFERED)
}

/** The ids of those who spoke, the latest first, each once. */
export function recentSpeakers(messages: readonly Pick<Message, 'sender_id'>[]): string[] {
  return [...new Set(messages.map(message => message.sender_id).reverse())]
}

/** The text with the mention put in, and where the caret goes. */
export function complete(text: string, caret: number, start: number, handle: string): { text: string; caret: number } {
  const rest = text.slice(caret)
  const inserted = `@${handle}${/^[\s,.:;!?)]/.test(rest) ? '' : ' '}`
  const end = start + inserted.length + (/^\s/.test(rest) ? 1 : 0)
  return { text: text.slice(0, start) + inserted + rest, caret: end }
}

function fits(user: User, wanted: string): boolean {
  const words = user.display_name.toLowerCase().split(/\s+/)
  return user.handle.startsWith(wanted) || words.some(word => word.startsWith(wanted))
}
