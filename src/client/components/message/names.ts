import type { User } from '../../../shared/users.ts'

export function personIn(people: readonly User[], id: string | null | undefined): User | null {
  return people.find(person => person.id === id) ?? null
}
