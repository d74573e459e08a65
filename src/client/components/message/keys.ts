import type { KeyWords } from '../../dom/keys.ts'

/** The keys of a message that has the focus, for whoever tells of them. */
export const MESSAGE_KEYS: readonly KeyWords[] = [
  { keys: ['↑'], words: 'The message above' },
  { keys: ['↓'], words: 'The message below' },
  { keys: ['End'], words: 'The newest message, also where it is not loaded yet' },
  { keys: ['R'], words: 'Reply to it' },
  { keys: ['+'], words: 'React to it' },
  { keys: ['E'], words: 'Edit it, if it is mine' },
  { keys: ['C'], words: 'Copy it as Markdown' },
  { keys: ['P'], words: 'Pin or unpin it' },
  { keys: ['U'], words: 'Mark it unread, and what follows' },
  { keys: ['Delete'], words: 'Delete it' },
  { keys: ['Esc'], words: 'Go back to writing' },
]
