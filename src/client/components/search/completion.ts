import { folded } from '../../../shared/names.ts'
import type { MyRoom } from '../../../shared/rooms.ts'
import type { User } from '../../../shared/users.ts'
import { roomName } from '../../stores/direct-rooms.ts'
import { writtenOut } from '../finding/in-room.ts'

const DAY_MS = 86_400_000
const OFFERED = 8

/** An operator and what was typed of its value, with the caret in it. */
export type Piece = { start: number; end: number; operator: Operator; typed: string }
export type Operator = 'from' | 'in' | 'has' | 'before' | 'after'
/** `value` is what comes behind the colon. */
export type Offer = { key: string; value: string; label: string; note: string; user?: User }
export type Sources = { people: readonly User[]; rooms: readonly MyRoom[]; me: string; today: Date }

const PIECE = /(?<![^\s])(from|in|has|before|after):(?:"([^"]*)"?|([^\s"]*))/giu

/** The operator that the caret stands in. */
export function pieceAt(text: string, caret: number): Piece | null {
  for (const found of text.matchAll(PIECE)) {
    const [whole, operator = '', quoted, plain = ''] = found
    const end = found.index + whole.length
    if (caret <= found.index + operator.length || caret > end) continue
    return { start: found.index, end, operator: operator.toLowerCase() as Operator, typed: quoted ?? plain }
  }
  return null
}

/** What can be asked for already: an operator without its value is on its way to be one. */
export function askable(text: string): string {
  return text.replace(/(?<!\S)(from|in|has|before|after):(?=\s|$)/giu, '')
}

/** What may be meant, the likeliest first. */
export function offersFor({ operator, typed }: Piece, sources: Sources): Offer[] {
  const wanted = folded(typed.replace(/^[@#]/, ''))
  const all = offers(operator, sources)
  const fitting = all.filter(({ value, label }) => begins(value, wanted) || begins(label, wanted))
  const [only, another] = fitting
  // Nothing to choose once it is written out.
  if (only && !another && [only.value, only.user?.display_name].some(name => name && folded(name) === wanted)) return []
  return fitting.slice(0, OFFERED)
}

/** The text with the value put in, and where the caret goes. */
export function completed(text: string, piece: Piece, value: string): { text: string; caret: number } {
  const written = writtenOut(piece.operator, value)
  const rest = text.slice(piece.end).replace(/^\s*/, ' ')
  return { text: text.slice(0, piece.start) + written + rest, caret: piece.start + written.length + 1 }
}

function offers(operator: Operator, { people, rooms, me, today }: Sources): Offer[] {
  switch (operator) {
    case 'from':
      return [...people]
        .sort(
          (one, other) =>
            Number(other.id === me) - Number(one.id === me) || byName(one.display_name, other.display_name),
        )
        .map(user => ({
          key: user.id,
          value: user.handle,
          label: user.id === me ? `${user.display_name} (you)` : user.display_name,
          note: `@${user.handle}`,
          user,
        }))
    case 'in':
      return rooms
        .map(room => ({ key: room.id, value: roomName(room, me), label: roomName(room, me), note: '' }))
        .filter(({ value }) => !value.includes('"'))
    case 'has':
      return [{ key: 'image', value: 'image', label: 'image', note: 'messages with pictures' }]
    default:
      return days(today).map(({ label, at }) => {
        const value = new Date(at).toISOString().slice(0, 10)
        return { key: value, value, label, note: value }
      })
  }
}

function days(today: Date): { label: string; at: number }[] {
  const at = today.getTime()
  return [
    { label: 'Today', at },
    { label: 'Yesterday', at: at - DAY_MS },
    { label: 'A week ago', at: at - 7 * DAY_MS },
    { label: 'A month ago', at: at - 30 * DAY_MS },
    { label: 'A year ago', at: at - 365 * DAY_MS },
  ]
}

function begins(text: string, wanted: string): boolean {
  const lower = folded(text)
  return lower.startsWith(wanted) || lower.split(/[\s-]+/).some(word => word.startsWith(wanted))
}

function byName(one: string, other: string): number {
  return one.localeCompare(other, undefined, { sensitivity: 'base' })
}
