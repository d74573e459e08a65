type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export type Drafts = ReturnType<typeof createDrafts>

/** What stands unsent in each room's composer; it survives a reload. */
export function createDrafts(shelf: Shelf, owner: string) {
  const read = (key: string) => {
    try {
      return shelf.getItem(key) ?? ''
    } catch {
      return ''
    }
  }
  const keep = (key: string, text: string) => {
    try {
      if (text.trim()) shelf.setItem(key, text)
      else shelf.removeItem(key)
    } catch {
      // A full or forbidden storage costs the draft, not the message.
    }
  }
  const text = (room_id: string) => `draft:${owner}:${room_id}`
  const reply = (room_id: string) => `draft-reply:${owner}:${room_id}`
  return {
    read: (room_id: string) => read(text(room_id)),
    keep: (room_id: string, words: string) => keep(text(room_id), words),
    /** The id of the message that it answers, empty for none. */
    replyTo: (room_id: string) => read(reply(room_id)),
    keepReplyTo: (room_id: string, message_id: string) => keep(reply(room_id), message_id),
  }
}
