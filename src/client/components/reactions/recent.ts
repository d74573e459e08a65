const KEY = 'recent-emoji'
const MOST = 16

/** What this person reacted with last, the latest first. */
export function recentEmoji(storage: Storage): string[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(each => typeof each === 'string').slice(0, MOST) : []
  } catch {
    return []
  }
}

export function rememberEmoji(storage: Storage, emoji: string) {
  try {
    const others = recentEmoji(storage).filter(each => each !== emoji)
    storage.setItem(KEY, JSON.stringify([emoji, ...others].slice(0, MOST)))
  } catch {
    // Then they are looked for again.
  }
}
