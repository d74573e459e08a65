import type { StreamEvent } from '../../shared/events.ts'
import { createObservable } from './observable.ts'

const SHOWN_MS = 5_000
const TOLD_EVERY_MS = 3_000

export type Typing = ReturnType<typeof createTyping>

/** Who is writing in one room, and telling the others that I am. */
export function createTyping(my_id: string, tell: () => Promise<unknown>) {
  const { subscribe, changed } = createObservable()
  const writers = new Map<string, { name: string; expiry: ReturnType<typeof setTimeout> }>()
  let told_at = 0

  function forget(id: string) {
    const writer = writers.get(id)
    if (!writer) return
    clearTimeout(writer.expiry)
    writers.delete(id)
    changed()
  }

  return {
    subscribe,
    names: () => [...writers.values()].map(writer => writer.name),
    apply(event: StreamEvent) {
      if (event.type === 'message.created') forget(event.data.message.sender_id)
      if (event.type !== 'typing' || event.data.user_id === my_id) return
      const { user_id, display_name } = event.data
      clearTimeout(writers.get(user_id)?.expiry)
      writers.set(user_id, { name: display_name, expiry: setTimeout(() => forget(user_id), SHOWN_MS) })
      changed()
    },
    /** To be called at each stroke; the others hear of it every few seconds. */
    announce() {
      if (Date.now() - told_at < TOLD_EVERY_MS) return
      told_at = Date.now()
      void tell().catch(() => {})
    },
    pause() {
      told_at = 0
    },
  }
}

/** The line under the timeline. */
export function typingLine(names: readonly string[]): string {
  const [one, two, three] = names
  if (!one) return ''
  if (!two) return `${one} is typing…`
  if (!three) return `${one} and ${two} are typing…`
  return `${one} and ${names.length - 1} others are typing…`
}
