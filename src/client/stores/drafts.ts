type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export type Drafts = ReturnType<typeof createDrafts>

/** What stands unsent in each room's composer; it survives a reload. */
export function createDrafts(shelf: Shelf, owner: string) {
  const key = (room_id: string) => `draft:${owner}:${room_id}`
  return {
    read(room_id: string): string {
      try {
        return shelf.getItem(key(room_id)) ?? ''
      } catch {
        return ''
      }
    },
    keep(room_id: string, text: string) {
      try {
        if (text.trim()) shelf.setItem(key(room_id), text)
        else shelf.removeItem(key(room_id))
      } catch {
        // A full or forbidden storage costs the draft, not the message.
      }
    },
  }
}
