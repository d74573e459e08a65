export type Shortcut = { kind: 'switcher' | 'search' | 'help' } | { kind: 'step'; by: 1 | -1; unread: boolean }

const FIELD = 'input, textarea, select, [contenteditable]'

/** What a key means to the page, wherever the focus is; null for nothing. */
export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  const { altKey, ctrlKey, metaKey, shiftKey, key } = event
  if (ctrlKey || metaKey) {
    const letter = altKey ? '' : key.toLowerCase()
    if (letter === 'k' && !shiftKey) return { kind: 'switcher' }
    return letter === 'f' && shiftKey ? { kind: 'search' } : null
  }
  if (key === '?' && !altKey && !isField(event.target)) return { kind: 'help' }
  if (!altKey || (key !== 'ArrowDown' && key !== 'ArrowUp')) return null
  return { kind: 'step', by: key === 'ArrowDown' ? 1 : -1, unread: shiftKey }
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches(FIELD)
}
