const KEY = 'visited-rooms'
const KEPT = 20

/** The rooms that were opened last in this browser, the latest first. */
export function visitedRooms(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(id => typeof id === 'string') : []
  } catch {
    return []
  }
}

export function rememberRoom(id: string) {
  try {
    localStorage.setItem(KEY, JSON.stringify([id, ...visitedRooms().filter(one => one !== id)].slice(0, KEPT)))
  } catch {
    // Then the first room of the list opens next time.
  }
}
