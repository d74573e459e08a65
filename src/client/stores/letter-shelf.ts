import { type DBSchema, openDB } from 'idb'
import type { Letter, LetterShelf } from './letters.ts'
import { lettersOfBefore } from './letters-of-before.ts'

const LETTERS = 'letters'

interface Shelf extends DBSchema {
  [LETTERS]: { key: string; value: Letter; indexes: { written_at: number } }
}

type Surroundings = Pick<Window, 'navigator' | 'localStorage'>

/** Letters of one account in this browser, for all its tabs. Rejects where the browser forbids it. */
export async function openLetterShelf(owner: string, window: Surroundings): Promise<LetterShelf> {
  const name = `groupchat-unsent-${owner}`
  const database = await openDB<Shelf>(name, 1, {
    upgrade: db => void db.createObjectStore(LETTERS, { keyPath: 'client_id' }).createIndex('written_at', 'written_at'),
  })
  const before = lettersOfBefore(owner, window.localStorage)
  for (const letter of before.letters) await database.put(LETTERS, letter)
  before.forget()

  const doorbell = new BroadcastChannel(name)
  let is_closed = false
  const ring = () => is_closed || doorbell.postMessage(null)
  // Only there where the address is `https:` or of this machine; elsewhere the server sorts out what was sent twice.
  const locks: LockManager | undefined = window.navigator.locks

  return {
    all: () => database.getAllFromIndex(LETTERS, 'written_at'),
    put: letter => database.put(LETTERS, letter).then(ring),
    remove: client_id => database.delete(LETTERS, client_id).then(ring),
    alone: async work => (locks ? locks.request(name, work) : work()),
    subscribe(listener) {
      doorbell.addEventListener('message', listener)
      return () => {
        doorbell.removeEventListener('message', listener)
        is_closed = true
        doorbell.close()
      }
    },
  }
}
