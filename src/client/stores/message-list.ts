import type { Message } from '../../shared/messages.ts'

export type Delivery = 'sent' | 'pending' | 'failed'

/** One message as the timeline shows it. An entry object stays the same for as long as what it shows does. */
export type Entry = {
  key: string
  message: Message
  delivery: Delivery
  /** Why it failed, or what it waits for. */
  problem: string | null
  /** Whether it failed in a way that another try may mend. */
  retriable: boolean
}

export type MessageList = ReturnType<typeof createMessageList>

/**
 * The messages of one room in order: what the server has by `seq`, then what is on its way. The answer to a POST and
 * the event about it may come in either order and more than once.
 */
export function createMessageList() {
  let sent: Entry[] = []
  let outgoing: Entry[] = []
  /** The `seq` of each by its id, which is how to find it among the others. */
  let seqs = new Map<string, number>()

  /** Where the first message that is not before `seq` stands. */
  function placeOf(seq: number): number {
    let low = 0
    let high = sent.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sent[middle]?.message.seq ?? 0) < seq) low = middle + 1
      else high = middle
    }
    return low
  }

  function indexOf(id: string): number {
    const seq = seqs.get(id)
    return seq === undefined ? -1 : placeOf(seq)
  }

  /** Returns false when something newer is known of the message already. */
  function put(message: Message): boolean {
    if (message.client_id && outgoing.length) outgoing = outgoing.filter(entry => !isSame(entry.message, message))
    const at = indexOf(message.id)
    const known = sent[at]
    if (known && isOlder(message, known.message)) return false
    if (known) sent[at] = arrived(message)
    else sent.splice(placeOf(message.seq), 0, arrived(message))
    seqs.set(message.id, message.seq)
    return true
  }

  /** Returns what goes. */
  function keep(from: number, to: number): Message[] {
    const gone = [...sent.slice(0, from), ...sent.slice(to)].map(entry => entry.message)
    if (gone.length) sent = sent.slice(from, to)
    for (const { id } of gone) seqs.delete(id)
    return gone
  }

  return {
    put,
    entries: (): readonly Entry[] => [...sent, ...outgoing],
    get size() {
      return sent.length
    },
    get outgoing_size() {
      return outgoing.length
    },
    first: () => sent[0]?.message ?? null,
    last: () => sent.at(-1)?.message ?? null,
    find: (id: string) => sent[indexOf(id)]?.message ?? null,
    has: (id: string) => indexOf(id) >= 0,

    /** Another stretch of the room altogether; what is on its way stays. */
    replaceAll(messages: readonly Message[]) {
      sent = []
      seqs = new Map()
      for (const message of messages) put(message)
    },
    change(id: string, change: (message: Message) => Message) {
      const at = indexOf(id)
      const entry = sent[at]
      if (entry) sent[at] = arrived(change(entry.message))
    },
    countBefore: placeOf,
    /** So many from the front and from the back go, and are returned. */
    drop: (front: number, back: number) => keep(front, sent.length - back),
    dropBefore: (seq: number) => keep(placeOf(seq), sent.length),

    /** What is on its way, in the order of writing, stands after everything else. */
    hold(entries: readonly Entry[]) {
      outgoing = entries.filter(entry => !sent.some(({ message }) => isSame(entry.message, message)))
    },
  }
}

function arrived(message: Message): Entry {
  return { key: keyOf(message), message, delivery: 'sent', problem: null, retriable: false }
}

/** A late `message.created` must not put a reply back to its beginning, nor an earlier answer follow a later one, nor anything what was deleted. */
function isOlder(message: Message, known: Message): boolean {
  if (known.deleted_at && !message.deleted_at) return true
  const newer = (message.ai?.version_count ?? 0) - (known.ai?.version_count ?? 0)
  return newer < 0 || (newer === 0 && known.status !== 'streaming' && message.status === 'streaming')
}

/** The same before and after the server knows the message, so that its row stays the same element. */
function keyOf(message: Message): string {
  return message.client_id ? `${message.sender_id}/${message.client_id}` : message.id
}

function isSame(one: Message, other: Message): boolean {
  return one.sender_id === other.sender_id && one.client_id === other.client_id
}
