import type { Message } from '../../shared/messages.ts'

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
type Letter = Pick<Message, 'content'> & Partial<Pick<Message, 'attachments'>> & { client_id: string }

export type Unsent = ReturnType<typeof createUnsent>

/** Messages of one room that never got an answer; they survive a reload together with their `client_id`. */
export function createUnsent(shelf: Shelf, owner: string, room_id: string) {
  const key = `unsent:${owner}:${room_id}`
  return {
    read(): Letter[] {
      try {
        const letters: unknown = JSON.parse(shelf.getItem(key) ?? '[]')
        return Array.isArray(letters) ? letters.filter(isLetter) : []
      } catch {
        return []
      }
    },
    keep(letters: readonly Letter[]) {
      try {
        if (letters.length) shelf.setItem(key, JSON.stringify(letters))
        else shelf.removeItem(key)
      } catch {
        // A full or forbidden storage: then they last as long as the page.
      }
    },
  }
}

function isLetter(value: unknown): value is Letter {
  if (typeof value !== 'object' || value === null) return false
  const { content, client_id, attachments } = value as Partial<Letter>
  return typeof content === 'string' && typeof client_id === 'string' && Array.isArray(attachments ?? [])
}
