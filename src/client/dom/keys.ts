/** A key, or keys pressed together, and what it does, for whoever tells of it. */
export type KeyWords = { keys: readonly string[]; words: string }

/** Where an arrow key leads in a list of `count`, round its ends; -1 for any other key. */
export function stepWithin(key: string, at: number, count: number): number {
  if (!count) return -1
  if (key === 'ArrowDown' || key === 'ArrowRight') return (at + 1) % count
  if (key === 'ArrowUp' || key === 'ArrowLeft') return (at - 1 + count) % count
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  return -1
}

/** True while an input method is putting a word together: its Enter belongs to the word. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229
}

/** Touch keyboards have no Shift+Enter, so there Enter breaks the line. */
export function isTouch(window: Window): boolean {
  return window.matchMedia('(pointer: coarse)').matches
}

/** Where the command key does what the control key does elsewhere. */
export function isMac({ navigator }: Window): boolean {
  return /Mac|iP(hone|ad|od)/.test(navigator.platform)
}
