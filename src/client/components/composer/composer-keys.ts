import type { KeyWords } from '../../dom/keys.ts'

/** What `message-composer.riot` hears. */
export const COMPOSER_KEYS: readonly KeyWords[] = [
  { keys: ['Enter'], words: 'Send' },
  { keys: ['Shift', 'Enter'], words: 'A new line' },
  { keys: ['↑'], words: 'Edit what you said last, in an empty field' },
  { keys: ['@'], words: 'Mention somebody' },
  { keys: ['/'], words: 'Give a command' },
  { keys: [':'], words: 'Put in an emoji' },
  { keys: ['Esc'], words: 'Close the list, call off the reply, or stop the answer' },
]
