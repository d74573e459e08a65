import { FIELDS } from '../message/acting-late.ts'

/** Whether a key that is heard in the conversation leads to its newest message, loaded or not. */
export function meansTheEnd(event: KeyboardEvent): boolean {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = event
  if (key !== 'End' || altKey || ctrlKey || metaKey || shiftKey || event.defaultPrevented) return false
  return !(event.target as Element).closest(FIELDS)
}
