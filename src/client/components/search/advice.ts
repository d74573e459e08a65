import { foldedName, isCalled } from '../../../shared/names.ts'
import type { MyRoom } from '../../../shared/rooms.ts'
import { parseSearch } from '../../../shared/search-query.ts'
import type { User } from '../../../shared/users.ts'
import { partnerIn } from '../../stores/direct-rooms.ts'

/** What could be tried; with a query where it can be tried at once. */
export type Advice = { text: string; query?: string }
export type Known = { people: readonly User[]; rooms: readonly MyRoom[]; me: string }

/** Where older messages were not looked through. */
export const PARTIAL =
  'Only the newest messages were looked through. Add a longer word or narrow it with in:, from: or before:.'

/** Why a search may have found nothing. */
export function adviceOn(query: string, { people, rooms, me }: Known): Advice[] {
  const asked = parseSearch(query)
  const advice: Advice[] = []
  for (const name of asked.from)
    if (people.length && !people.some(user => isCalled(user, name)))
      advice.push({ text: `Nobody you share a room with is called “${name}”.` })
  for (const name of asked.in)
    if (!rooms.some(room => namesOf(room, me).some(one => foldedName(one) === foldedName(name))))
      advice.push({ text: `You are in no room called “${name}”.` })
  if (asked.before !== null && asked.after !== null && asked.after >= asked.before)
    advice.push({ text: 'No day is after the one and before the other.' })

  const words = asked.terms.map(term => (/\s/.test(term) ? `"${term}"` : term)).join(' ')
  if (words && words !== query.trim())
    advice.push({ text: `Look for ${asked.terms.map(term => `“${term}”`).join(' and ')} everywhere`, query: words })
  const apart = asked.terms.join(' ')
  if (asked.terms.some(term => /\s/.test(term)))
    advice.push({
      text: 'Look for the words wherever they stand, without the quotes',
      query: query.replace(/(?<!:)"([^"]*)"?/g, '$1'),
    })
  else if (asked.terms.length > 1)
    advice.push({ text: `Take fewer words: a message has to contain each of “${apart}”.` })
  if (!advice.length) advice.push({ text: 'Try another word, or the beginning of one.' })
  return advice
}

function namesOf(room: MyRoom, me: string): string[] {
  const partner = partnerIn(room, me)
  return partner ? [partner.display_name, partner.handle] : [room.name]
}
