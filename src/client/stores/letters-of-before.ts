import type { Letter } from './letters.ts'

type Storage = Pick<globalThis.Storage, 'length' | 'key' | 'getItem' | 'removeItem'>

/** What earlier versions kept in the local storage, room by room; `forget` once it is safe elsewhere. */
export function lettersOfBefore(owner: string, storage: Storage) {
  const prefix = `unsent:${owner}:`
  const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '').filter(key =>
    key.startsWith(prefix),
  )
  let written_at = Date.now()
  const letters = keys.flatMap(key =>
    listIn(storage.getItem(key)).flatMap((found): Letter[] => {
      const { content, client_id, attachments = [] } = found
      if (typeof content !== 'string' || typeof client_id !== 'string' || !Array.isArray(attachments)) return []
      const room_id = key.slice(prefix.length)
      return [{ client_id, room_id, content, attachments, reply_to: null, written_at: written_at++, refused: null }]
    }),
  )
  return {
    letters,
    forget() {
      for (const key of keys) storage.removeItem(key)
    },
  }
}

function listIn(text: string | null): Partial<Letter>[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(list) ? list : []
  } catch {
    return []
  }
}
