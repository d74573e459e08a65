import type { Person } from '../../../shared/admin.ts'

/** By any part of the name, the handle or the address, in every word that was typed. */
export function matchingPeople(people: readonly Person[], query: string): Person[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return people.filter(({ display_name, handle, email }) => {
    const text = `${display_name} @${handle} ${email ?? ''}`.toLowerCase()
    return words.every(word => text.includes(word))
  })
}

/** What an admin may do about somebody; nobody locks themselves out. */
export function actionsOn(person: Person, me: string): { role: boolean; disable: boolean; reset: boolean } {
  const other = person.id !== me
  return { role: other, disable: other, reset: Boolean(person.email) && !person.disabled_at }
}

export function countWords(shown: number, all: number): string {
  const people = all === 1 ? 'person' : 'people'
  return shown === all ? `${all} ${people}` : `${shown} of ${all} ${people}`
}
