import type { Message, MessagePage } from '../../shared/messages.ts'

export type Quoted = ReturnType<typeof createQuoted>

export type QuotedOptions = {
  /** Asks the server for one message; null where it is gone. Throws where no answer came. */
  load: (message_id: string) => Promise<Message | null>
  changed: () => void
}

/** Messages that others reply to and that the timeline has not loaded. Kept no longer than somebody replies to them. */
export function createQuoted({ load, changed }: QuotedOptions) {
  let known = new Map<string, Message | null>()
  let asked = new Set<string>()

  async function ask(id: string) {
    asked.add(id)
    const message = await load(id).catch(() => undefined)
    // Somebody may have told in the meantime. Where no answer came, the next opening may ask again.
    if (message === undefined || known.has(id) || !asked.has(id)) return
    known.set(id, message)
    changed()
  }

  return {
    /** Null: gone. Undefined: not known yet, and asked for. */
    of(id: string): Message | null | undefined {
      const message = known.get(id)
      if (message === undefined && !asked.has(id)) void ask(id)
      return message
    },
    /** What a page brings along; what it replies to without bringing it along is gone. */
    take({ messages, quoted = [] }: Pick<MessagePage, 'messages'> & Partial<MessagePage>) {
      for (const message of quoted) known.set(message.id, message)
      const there = new Set([...messages, ...quoted].map(message => message.id))
      for (const { reply_to } of messages) if (reply_to && !there.has(reply_to)) known.set(reply_to, null)
    },
    /** Returns whether it is one of them. */
    change(id: string, change: (message: Message) => Message): boolean {
      const message = known.get(id)
      if (message) known.set(id, change(message))
      return Boolean(message)
    },
    /** Keeps what these reply to, also where it is just going out of the timeline, and forgets the rest. */
    keepFor(messages: readonly Message[], gone: readonly Message[]) {
      const wanted = new Set<string>()
      for (const { reply_to } of messages) if (reply_to) wanted.add(reply_to)
      known = new Map([...known].filter(([id]) => wanted.has(id)))
      asked = new Set([...asked].filter(id => wanted.has(id)))
      for (const message of gone) if (wanted.has(message.id)) known.set(message.id, message)
    },
    clear() {
      known = new Map()
      asked = new Set()
    },
  }
}
