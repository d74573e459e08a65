import type { StreamEvent } from '../../shared/events.ts'
import type { Message } from '../../shared/messages.ts'
import { createObservable } from './observable.ts'

export type Pins = ReturnType<typeof createPins>

/** What is pinned in a room, the newest pin first. */
export function createPins(ask: () => Promise<{ messages: Message[] }>) {
  const { subscribe, changed } = createObservable()
  let pins: Message[] | null = null
  let problem: string | null = null
  let asked = 0
  /** What came in since: the answer may be older than that. */
  let held: StreamEvent[] = []

  async function load() {
    const mine = ++asked
    held = []
    problem = null
    try {
      const { messages } = await ask()
      if (mine !== asked) return
      pins = messages
      for (const event of held) take(event)
    } catch (error) {
      if (mine === asked) problem = error instanceof Error ? error.message : String(error)
    }
    changed()
  }

  function take(event: StreamEvent) {
    if (event.type === 'message.updated') {
      const { message } = event.data
      const others = (pins ?? []).filter(pin => pin.id !== message.id)
      if (!message.pinned_at) pins = others
      else pins = [...others, message].sort((one, other) => (momentOf(one) < momentOf(other) ? 1 : -1))
    }
    if (event.type === 'message.deleted') pins = (pins ?? []).filter(pin => pin.id !== event.data.message_id)
    if (event.type === 'room.cleared') pins = (pins ?? []).filter(pin => pin.seq >= event.data.before_seq)
  }

  return {
    subscribe,
    load,
    /** Null until they are known. */
    get all(): readonly Message[] | null {
      return pins
    },
    get problem() {
      return problem
    },
    apply(event: StreamEvent) {
      held.push(event)
      if (!pins) return
      const before = pins
      take(event)
      if (pins !== before) changed()
    },
  }
}

function momentOf({ pinned_at }: Message): string {
  return pinned_at ?? ''
}
