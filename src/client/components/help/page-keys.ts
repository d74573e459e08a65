import type { KeyWords } from '../../dom/keys.ts'

/** What `pages/shortcuts.ts` and the list of rooms hear. */
export const PAGE_KEYS: readonly KeyWords[] = [
  { keys: ['Ctrl', 'K'], words: 'Jump to a room, a person or a command' },
  { keys: ['Alt', '↑'], words: 'The room above' },
  { keys: ['Alt', '↓'], words: 'The room below' },
  { keys: ['Alt', 'Shift', '↑'], words: 'The unread room above' },
  { keys: ['Alt', 'Shift', '↓'], words: 'The unread room below' },
  { keys: ['Alt', 'Shift', 'Page Up'], words: 'Move a room up' },
  { keys: ['Alt', 'Shift', 'Page Down'], words: 'Move a room down' },
  { keys: ['Ctrl', 'Shift', 'F'], words: 'Search messages' },
  { keys: ['?'], words: 'Show these shortcuts' },
  { keys: ['Esc'], words: 'Close what is open' },
]
