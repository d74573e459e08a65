import { commands } from '../../commands/index.ts'
import type { KeyWords } from '../../dom/keys.ts'
import { COMPOSER_KEYS } from '../composer/composer-keys.ts'
import { MESSAGE_KEYS } from '../message/keys.ts'
import { PAGE_KEYS } from './page-keys.ts'

export type KeyGroup = { title: string; keys: readonly KeyWords[] }

/** Every key of the page and every command, told where they are heard. */
export function keyGroups(): KeyGroup[] {
  return [
    { title: 'Rooms', keys: PAGE_KEYS },
    { title: 'Writing', keys: COMPOSER_KEYS },
    { title: 'A message that has the focus', keys: MESSAGE_KEYS },
    { title: 'Commands', keys: commands.map(({ usage, words }) => ({ keys: [usage], words })) },
  ]
}

/** As the keys are labelled on this machine. */
export function labelOf(key: string, mac: boolean): string {
  if (!mac) return key
  return { Ctrl: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩' }[key] ?? key
}
